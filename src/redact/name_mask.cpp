#include "redact/name_mask.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>
#include <utility>

namespace whydown::redact {
namespace {

constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
using Permutation = std::array<std::uint8_t, kAlphabet.size()>;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return lower(c); });
  return out;
}

// Kept as the last label. Country codes: https://www.iana.org/domains/root/db; set aside: RFC 6761,
// 6762, 7686, 8375, 9476 and ICANN's "internal"; the rest in common use inside.
constexpr std::string_view kTopLevel =
    " com net org info biz edu gov mil int arpa name pro mobi app dev io cloud online site store "
    "xyz"
    " localhost local localdomain test invalid example onion alt internal intranet lan home corp"
    " ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs"
    " bt bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee"
    " eg er es et eu fi fj fk fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm"
    " hn hr ht hu id ie il im in iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc"
    " li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na"
    " nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru"
    " rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm"
    " tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw ";

bool is_word_of(std::string_view list, std::string_view word) {
  return !word.empty() && word.find(' ') == std::string_view::npos &&
         list.find(' ' + std::string(word) + ' ') != std::string_view::npos;
}

bool is_kept(std::string_view label, std::string_view parent) {
  if (parent.empty()) return is_word_of(kTopLevel, label);
  return parent == NameMask::suffix("arpa", "") && is_word_of(" in-addr ip6 home ", label);
}

// The letters and digits in an order that only the key knows.
Permutation permutation(const Key& key, std::string_view context) {
  Permutation out;
  std::iota(out.begin(), out.end(), std::uint8_t{0});
  Digest random = hmac(key, context);
  std::size_t used = 0;
  for (std::size_t left = out.size(); left > 1; --left) {
    if (used == random.size()) {
      random =
          hmac(key, std::string_view(reinterpret_cast<const char*>(random.data()), random.size()));
      used = 0;
    }
    std::swap(out[left - 1], out[random[used++] % left]);
  }
  return out;
}

// Every letter or digit is replaced by one that hangs on all before it; nothing gets lost, so two
// labels never become one.
void substitute(std::string& label, const Key& key, std::string context) {
  for (char& c : label) {
    const char original = c;
    if (const std::size_t at = kAlphabet.find(c); at != std::string_view::npos) {
      c = kAlphabet[permutation(key, context)[at]];
    }
    context += original;
  }
}

// Bytes that no host name has become letters, without a way back.
void plain_characters(std::string& label, const Key& key, std::string_view parent) {
  for (std::size_t i = 0; i < label.size(); ++i) {
    const char c = label[i];
    if (c == '-' || c == '_' || kAlphabet.find(c) != std::string_view::npos) continue;
    const Digest random =
        hmac(key, "byte " + std::to_string(i) + ' ' + label + ' ' + std::string(parent));
    label[i] = kAlphabet[random[0] % kAlphabet.size()];
  }
}

// "\046" is one byte of a label, a dot is none.
std::vector<std::string> labels_of(std::string_view name) {
  std::vector<std::string> labels(1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '.') {
      labels.emplace_back();
    } else if (name[i] == '\\' && i + 3 < name.size() && is_digit(name[i + 1]) &&
               is_digit(name[i + 2]) && is_digit(name[i + 3])) {
      const int byte = (name[i + 1] - '0') * 100 + (name[i + 2] - '0') * 10 + (name[i + 3] - '0');
      labels.back() += static_cast<char>(byte);
      i += 3;
    } else {
      labels.back() += lower(name[i]);
    }
  }
  return labels;
}

}  // namespace

std::string NameMask::suffix(std::string_view label, std::string_view parent) {
  return std::to_string(label.size()) + ':' + lower(label) + std::string(parent);
}

std::string NameMask::label(std::string_view original, std::string_view parent) const {
  std::string out = lower(original);
  if (is_kept(out, parent)) return out;
  plain_characters(out, key_, parent);
  // To and fro: after three rounds each character hangs on every other one.
  for (const char* round : {"1 ", "2 ", "3 "}) {
    substitute(out, key_, round + std::to_string(out.size()) + ' ' + std::string(parent) + ' ');
    std::ranges::reverse(out);
  }
  std::ranges::reverse(out);
  return out;
}

std::string NameMask::name(std::string_view original) const {
  std::string out;
  std::string parent;
  std::vector<std::string> labels = labels_of(original);
  // A final dot says that the name is complete; it has no label behind it.
  const bool ends_in_dot = labels.size() > 1 && labels.back().empty();
  if (ends_in_dot) labels.pop_back();
  for (std::size_t i = labels.size(); i-- > 0;) {
    const std::string masked = label(labels[i], parent);
    if (i + 1 != labels.size()) out.insert(0, 1, '.');
    out.insert(0, masked);
    parent = suffix(labels[i], parent);
  }
  return ends_in_dot ? out + '.' : out;
}

}  // namespace whydown::redact
