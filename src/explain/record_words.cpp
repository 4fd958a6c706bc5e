#include "explain/record_words.h"

#include <fmt/format.h>

#include "base/cursor.h"
#include "base/numbers.h"
#include "packet/dns/dns.h"
#include "packet/dns/registry.h"

namespace whydown::explain {
namespace {

namespace dns = packet::dns;
using Bytes = std::span<const std::uint8_t>;

std::string name_at(Bytes message, std::size_t offset) {
  base::ShortText name;
  if (!dns::read_name(message, offset, name)) return {};
  return name.view() == "." ? "." : std::string(name.view()) + ".";
}

std::string owner_of(const View& view, const dns::Record& record) {
  if (!view.is_bytes()) return {};
  return name_at(dns::message_bytes(view.packet), record.name_offset);
}

// The name a record points at, for the types that hold one.
std::string target_of(const View& view, const dns::Record& record) {
  if (!view.is_bytes()) return {};
  const Bytes message = dns::message_bytes(view.packet);
  std::size_t before = 0;
  switch (record.type) {
    case dns::type::ns:
    case dns::type::cname:
    case dns::type::ptr:
    case dns::type::soa:
      break;
    case dns::type::mx:
      before = 2;
      break;
    case dns::type::srv:
      before = 6;
      break;
    default:
      return {};
  }
  if (record.rdata_length <= before) return {};
  return name_at(message, record.rdata_offset + before);
}

std::string_view section_prefix(dns::Section section) {
  switch (section) {
    case dns::Section::answer:
      break;
    case dns::Section::authority:
      return "ns: ";
    case dns::Section::additional:
      return "ar: ";
  }
  return "";
}

std::string without_dot(std::string name) {
  if (name.size() > 1 && name.ends_with('.')) name.pop_back();
  return name;
}

}  // namespace

std::string record_shown(const View& view, const dns::Record& record) {
  std::string out(section_prefix(record.section));
  const std::string owner = owner_of(view, record);
  if (!owner.empty()) out += owner + " ";
  out += dns::type_name(record.type);
  if (record.address.is_known()) return out + " " + record.address.to_string();
  const std::string target = target_of(view, record);
  return target.empty() ? out : out + " " + target;
}

std::string record_meaning(const View& view, const dns::Record& record) {
  std::string owner = without_dot(owner_of(view, record));
  if (owner.empty()) owner = question_name(view);
  if (owner.empty()) owner = "the name";
  if (owner == ".") owner = "the root of all names";
  const std::string target = without_dot(target_of(view, record));
  switch (record.type) {
    case dns::type::a:
    case dns::type::aaaa:
      if (!record.address.is_known()) break;
      return fmt::format("The address of {} is {}.", owner, record.address.to_string());
    case dns::type::cname:
      if (target.empty()) return fmt::format("{} is only another name.", owner);
      return fmt::format("{} is another name for {}.", owner, target);
    case dns::type::ns:
      if (target.empty()) break;
      return fmt::format("{} is a server responsible for {}.", target, owner);
    case dns::type::ptr:
      if (target.empty()) break;
      return fmt::format("The address behind {} is called {}.", owner, target);
    case dns::type::mx:
      if (target.empty()) break;
      return fmt::format("{} takes the mail of {}.", target, owner);
    case dns::type::soa:
      return "The zone's own data: it shows who is responsible, and how long \"there is no such "
             "thing\" may be remembered.";
    default:
      break;
  }
  const std::string_view meaning = dns::type_meaning(record.type);
  if (meaning.empty()) return fmt::format("A record of {}, of a type without a name.", owner);
  return fmt::format("A record of {}: {}.", owner, meaning);
}

std::vector<std::string> answer_addresses(const dns::Message& message, std::size_t limit) {
  std::vector<std::string> out;
  for (const dns::Record& record : message.records) {
    if (record.section != dns::Section::answer || !record.address.is_known()) continue;
    if (out.size() == limit) break;
    out.push_back(record.address.to_string());
  }
  return out;
}

}  // namespace whydown::explain
