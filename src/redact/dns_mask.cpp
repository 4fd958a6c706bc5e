// A DNS message (RFC 1035) with stand-ins in the place of its names and addresses, each exactly as
// long as what it replaces, so that lengths, compression and checksums of the message hold.
//
// Record data that is neither (texts, keys, signatures, options) becomes zeros; of an extended
// error (RFC 8914) the code stays. Bytes that do not read like a message at all are left out whole:
// port 53 carries other things, too.
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "redact/rewriter.h"

namespace whydown::redact {
namespace {

constexpr std::size_t kHeader = 12;
constexpr std::size_t kMostLabels = 128;
constexpr std::size_t kMostRecords = 512;
constexpr std::uint8_t kPointer = 0xc0;
constexpr std::uint8_t kLongestLabel = 63;

enum class Type : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  mx = 15,
  aaaa = 28,
  srv = 33,
  dname = 39,
  opt = 41,
};

class Message {
 public:
  Message(Rewriter& frame, std::size_t begin, std::size_t end)
      : frame_(frame), begin_(begin), end_(end), at_(begin + kHeader) {}

  bool rewrite();

 private:
  struct Label {
    std::size_t at;
    std::size_t length;
  };

  bool left(std::size_t count) const { return at_ <= end_ && count <= end_ - at_; }
  bool question();
  bool record();
  void data(Type type, std::size_t stop);
  void options(std::size_t stop);
  // Steps over the name at at_, not beyond `stop`, and writes it. False where it is cut or damaged;
  // its labels are zeros then.
  bool name(std::size_t stop);
  void write_labels(const std::vector<Label>& labels, std::string parent);
  std::string_view text(const Label& label) const {
    return {reinterpret_cast<const char*>(frame_.in().data()) + label.at + 1, label.length};
  }

  Rewriter& frame_;
  std::size_t begin_;
  std::size_t end_;
  std::size_t at_;
  // Where a label of a name read before begins, and all of that name from there on: what a pointer
  // may lead to. Others lead into bytes that are no name, and are not followed.
  std::map<std::size_t, std::string> known_;
};

bool Message::name(std::size_t stop) {
  std::vector<Label> labels;
  while (at_ < stop && labels.size() < kMostLabels) {
    const std::uint8_t length = frame_.u8(at_);
    if (length >= kPointer) {
      if (stop - at_ < 2) return false;
      const std::size_t target = begin_ + (frame_.u16(at_) & 0x3fffU);
      const auto found = known_.find(target);
      if (found == known_.end()) return false;
      frame_.copy(at_, 2);
      at_ += 2;
      write_labels(labels, found->second);
      return true;
    }
    if (length == 0) {
      ++at_;
      write_labels(labels, {});
      return true;
    }
    if (length > kLongestLabel || stop - at_ <= length) return false;
    labels.push_back({at_, length});
    at_ += length + std::size_t{1};
  }
  return false;
}

// From the right, for a label's stand-in hangs on what stands behind it.
void Message::write_labels(const std::vector<Label>& labels, std::string parent) {
  for (std::size_t i = labels.size(); i-- > 0;) {
    const Label& label = labels[i];
    const std::string masked = frame_.redactor().label(text(label), parent);
    frame_.copy(label.at, 1);
    for (std::size_t k = 0; k < masked.size(); ++k) {
      frame_.put8(label.at + 1 + k, static_cast<std::uint8_t>(masked[k]));
    }
    parent = NameMask::suffix(text(label), parent);
    known_.emplace(label.at, parent);
  }
}

bool is_known_class(std::uint16_t value) {
  constexpr std::uint16_t flush = 0x8000;  // RFC 6762 10.2, and 5.4 of questions
  switch (value & ~flush) {
    case 1:  // IN
    case 3:  // CH
    case 4:  // HS
    case 254:
    case 255:
      return true;
    default:
      return false;
  }
}

bool Message::question() {
  if (!name(end_) || !left(4) || !is_known_class(frame_.u16(at_ + 2))) return false;
  frame_.copy(at_, 4);
  at_ += 4;
  return true;
}

bool Message::record() {
  constexpr std::size_t fixed = 10;
  if (!name(end_) || !left(fixed)) return false;
  const auto type = static_cast<Type>(frame_.u16(at_));
  if (type != Type::opt && !is_known_class(frame_.u16(at_ + 2))) return false;
  const std::size_t length = frame_.u16(at_ + 8);
  frame_.copy(at_, fixed);
  at_ += fixed;
  if (!left(length)) return false;
  const std::size_t stop = at_ + length;
  data(type, stop);
  at_ = stop;
  return true;
}

void Message::data(Type type, std::size_t stop) {
  const std::size_t length = stop - at_;
  switch (type) {
    case Type::a:
      if (length == 4) frame_.v4(at_);
      return;
    case Type::aaaa:
      if (length == 16) frame_.v6(at_);
      return;
    case Type::ns:
    case Type::cname:
    case Type::ptr:
    case Type::dname:
      (void)name(stop);
      return;
    case Type::mx:
    case Type::srv: {
      const std::size_t numbers = type == Type::mx ? 2 : 6;
      if (length <= numbers) return;
      frame_.copy(at_, numbers);
      at_ += numbers;
      (void)name(stop);
      return;
    }
    case Type::soa:
      if (name(stop) && name(stop) && stop - at_ == 20) frame_.copy(at_, 20);
      return;
    case Type::opt:
      return options(stop);
    default:
      return;
  }
}

// RFC 6891 6.1.2: cookies, client subnets and the rest are gone; their codes and lengths stay.
void Message::options(std::size_t stop) {
  constexpr std::uint16_t extended_error = 15;
  while (stop - at_ >= 4) {
    const std::size_t length = frame_.u16(at_ + 2);
    if (length > stop - at_ - 4) return;
    const bool has_code = frame_.u16(at_) == extended_error && length >= 2;
    frame_.copy(at_, has_code ? 6 : 4);
    at_ += 4 + length;
  }
}

bool Message::rewrite() {
  if (end_ < begin_ || end_ - begin_ < kHeader) return false;
  const std::size_t questions = frame_.u16(begin_ + 4);
  std::size_t records = 0;
  for (std::size_t i = 6; i < kHeader; i += 2) records += frame_.u16(begin_ + i);
  constexpr std::size_t most_questions = 16;
  if (questions > most_questions || records > kMostRecords || questions + records == 0) {
    return false;
  }
  for (std::size_t i = 0; i < questions + records; ++i) {
    const bool is_read = i < questions ? question() : record();
    // Without its first part read there is no telling that this is DNS.
    if (!is_read && i == 0) return false;
    if (!is_read) break;
  }
  frame_.copy(begin_, kHeader);
  return true;
}

}  // namespace

bool rewrite_dns(Rewriter& frame, std::size_t at, std::size_t end) {
  return Message(frame, at, end).rewrite();
}

}  // namespace whydown::redact
