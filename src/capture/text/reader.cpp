// make_text_reader: decides what a text is, and yields its records as frames.
#include "capture/reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "capture/limits.h"
#include "capture/text/records.h"
#include "capture/text/remarks.h"
#include "capture/text/scan.h"
#include "capture/text/table.h"

namespace whydown::capture {
namespace {

using text::ClockMeaning;
using text::Record;
using text::RecordReader;
using text::Row;
using text::RowReader;
using text::TimeLine;

std::span<const std::uint8_t> bytes_of(const std::string& words) {
  return {reinterpret_cast<const std::uint8_t*>(words.data()), words.size()};
}

// What both kinds of text share: counting, times, remarks.
class TextReader : public Reader {
 public:
  TextReader(std::unique_ptr<Input> input, const ReaderContext& context, ClockMeaning meaning)
      : input_(std::move(input)),
        index_(context.index),
        times_(context.options, meaning),
        before_reuse_(context.options.before_reuse) {}

  const Frame* next() final {
    if (ended_) return nullptr;
    if (before_reuse_) before_reuse_();
    if (!fill(frame_)) {
      ended_ = true;
      return nullptr;
    }
    frame_.place.input = index_;
    ++info_.packets;
    if (frame_.has_time) {
      const base::Time time = frame_.place.time;
      info_.first_time = std::min(info_.first_time.value_or(time), time);
      info_.last_time = std::max(info_.last_time.value_or(time), time);
    }
    return &frame_;
  }

  base::InputInfo info() const final {
    base::InputInfo info = info_;
    info.is_text = true;
    info.link_type = "text";
    info.date_known = times_.date_known();
    info.zone_known = times_.zone_known();
    info.clock_known = times_.clock_known();
    describe(info);
    return info;
  }

 protected:
  virtual bool fill(Frame& frame) = 0;
  virtual void describe(base::InputInfo& info) const = 0;
  Input& input() { return *input_; }

  void set_time(const std::optional<text::Stamp>& stamp, Frame& frame) {
    frame.has_time = stamp.has_value();
    frame.place.time = stamp ? times_.place(*stamp) : times_.after_last();
  }

 private:
  std::unique_ptr<Input> input_;
  std::uint16_t index_;
  TimeLine times_;
  std::function<void()> before_reuse_;
  Frame frame_;
  base::InputInfo info_;
  bool ended_ = false;
};

class TcpdumpReader final : public TextReader {
 public:
  TcpdumpReader(std::unique_ptr<Input> source, const ReaderContext& context, ClockMeaning meaning)
      : TextReader(std::move(source), context, meaning), records_(input()) {}

 private:
  bool fill(Frame& frame) override {
    if (!records_.next(record_)) return false;
    frame.place.number = ++number_;
    frame.place.line = record_.line;
    frame.direction = record_.direction;
    set_time(record_.stamp, frame);
    if (const auto link = record_.hex.complete()) {
      frame.bytes = record_.hex.bytes();
      frame.link_type = *link;
      frame.wire_length = static_cast<std::uint32_t>(frame.bytes.size());
      ++binary_;
    } else {
      frame.bytes = bytes_of(record_.words);
      frame.link_type = LinkType::tcpdump_text;
      frame.wire_length = link_length(record_.words);
    }
    return true;
  }

  // -e: "..., ethertype IPv4 (0x0800), length 81: ...".
  static std::uint32_t link_length(std::string_view words) {
    const bool bare = words.starts_with("IP ") || words.starts_with("IP6 ");
    const std::size_t link = bare ? std::string_view::npos : words.find("ethertype ");
    if (link == std::string_view::npos) return 0;
    const std::size_t at = words.find("length ", link);
    if (at == std::string_view::npos) return 0;
    std::string_view rest = words.substr(at + 7);
    const auto length = text::take_number(rest, kMaxRecord);
    return length && rest.starts_with(':') ? static_cast<std::uint32_t>(*length) : 0;
  }

  void describe(base::InputInfo& info) const override {
    info.format = "tcpdump-text";
    info.capture_drops = records_.session().drops;
    info.snaplen = records_.session().snaplen;
    info.filter = records_.session().filter;
    text::add_remarks(records_.counts(), records_.lines().cut_lines(), info);
    text::add_drop_remark(records_.session(), info);
  }

  RecordReader records_;
  Record record_;
  std::uint64_t number_ = 0;
  std::uint64_t binary_ = 0;
};

class TableReader final : public TextReader {
 public:
  TableReader(std::unique_ptr<Input> source, const ReaderContext& context, ClockMeaning meaning,
              bool numbers_rise)
      : TextReader(std::move(source), context, meaning),
        rows_(input()),
        numbers_rise_(numbers_rise) {}

 private:
  bool fill(Frame& frame) override {
    if (!rows_.next(row_)) return false;
    number_ = numbers_rise_ && row_.number > number_ ? row_.number : number_ + 1;
    frame.place.number = number_;
    frame.place.line = row_.line;
    set_time(row_.stamp, frame);
    frame.bytes = bytes_of(row_.words);
    frame.link_type = LinkType::wireshark_row;
    frame.wire_length = row_.wire_length;
    return true;
  }

  void describe(base::InputInfo& info) const override {
    info.format = "wireshark-table";
    text::add_remarks(rows_.counts(), rows_.lines().cut_lines(), info);
  }

  RowReader rows_;
  Row row_;
  std::uint64_t number_ = 0;
  bool numbers_rise_;
};

// What a first look at the beginning of the input found.
struct Sniffed {
  std::uint64_t records = 0;
  ClockMeaning meaning = ClockMeaning::time_of_day;
  bool numbers_rise = true;
  std::string first_line;
};

Sniffed sniff_records(std::span<const std::uint8_t> window) {
  Sniffed found;
  const auto input = Input::of_bytes(window);
  RecordReader records(*input);
  text::ClockSniffer clock;
  Record record;
  while (records.next(record)) {
    ++found.records;
    if (record.stamp) clock.add(*record.stamp);
  }
  found.meaning = clock.meaning();
  return found;
}

Sniffed sniff_rows(std::span<const std::uint8_t> window) {
  Sniffed found;
  const auto input = Input::of_bytes(window);
  RowReader rows(*input);
  text::ClockSniffer clock;
  Row row;
  std::uint64_t last = 0;
  while (rows.next(row)) {
    ++found.records;
    if (row.stamp) clock.add(*row.stamp);
    if (row.number <= last) found.numbers_rise = false;
    last = row.number;
  }
  found.meaning = clock.meaning();
  return found;
}

std::string first_line(std::span<const std::uint8_t> window) {
  const auto input = Input::of_bytes(window);
  text::LineReader lines(*input);
  text::Line line;
  std::string buffer;
  while (lines.next(line)) {
    const auto clean = text::clean_line(line.text, buffer);
    if (!clean.text.empty()) return text::shown(clean.text);
  }
  return {};
}

// Listings of tshark that are not read, by what they begin with.
struct OtherListing {
  std::string_view begin;
  std::string_view found;
  bool is_whole_line = false;
};
constexpr OtherListing kOtherListings[] = {
    {"{\"index\"", "tshark's -T ek listing"},
    {"<?xml", "an XML document, such as tshark's -T pdml listing"},
    {"Frame 1:", "Wireshark's packet details (tshark -V)"},
    {"{", "a JSON document"},
    {"[", "a JSON document, such as tshark's -T json listing", true},
    {"<!DOCTYPE html", "a web page"},
};

base::Error nothing_readable(const ReaderContext& context, std::span<const std::uint8_t> window) {
  base::Error error;
  error.where = context.path;
  error.found = "text without a tcpdump record or a Wireshark row";
  const std::string line = first_line(window);
  const auto* const listing = std::ranges::find_if(kOtherListings, [&](const OtherListing& other) {
    return other.is_whole_line ? line == other.begin : line.starts_with(other.begin);
  });
  if (listing != std::end(kOtherListings)) error.found = listing->found;
  if (!line.empty()) {
    error.found += ", beginning \"" + line + "\"";
  }
  error.expected =
      "lines such as \"13:24:32.192571 IP 192.0.2.7.52444 > 192.0.2.53.53: 35084+ A? example.com. "
      "(29)\", or a table with the columns No., Time, Source, Destination, Protocol, Info";
  error.advice =
      listing != std::end(kOtherListings)
          ? "give the capture itself, or what 'tshark -r FILE' prints without -T and -V"
          : "save the capture with tcpdump -w FILE, or paste tcpdump's lines with their times";
  return error;
}

}  // namespace

std::expected<std::unique_ptr<Reader>, base::Error> make_text_reader(std::unique_ptr<Input> input,
                                                                     const ReaderContext& context) {
  const auto window = input->window(Input::kMaxWindow);
  const Sniffed rows = sniff_rows(window);
  const Sniffed records = sniff_records(window);
  if (rows.records == 0 && records.records == 0) {
    return std::unexpected(nothing_readable(context, window));
  }
  // Rows with hardware addresses look like records of tcpdump -e; the other way round never.
  if (rows.records > 0 && rows.records >= records.records) {
    return std::make_unique<TableReader>(std::move(input), context, rows.meaning,
                                         rows.numbers_rise);
  }
  return std::make_unique<TcpdumpReader>(std::move(input), context, records.meaning);
}

}  // namespace whydown::capture
