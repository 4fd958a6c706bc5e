// What healing remembers: when wishes were served, what names addresses came from, which hosts
// addresses are.
#include <algorithm>

#include "journey/healing.h"

namespace whydown::journey {

namespace {

constexpr std::int64_t kSlots = 64;

std::int64_t slot_of(base::Time time, unsigned slot_bits) { return base::ns_of(time) >> slot_bits; }

// Of packets that no router has touched, the link's source address is the sender's.
bool is_first_hop(std::uint8_t ttl) { return ttl == 64 || ttl == 128 || ttl == 255; }

}  // namespace

void Healing::Times::add(base::Time time, unsigned slot_bits) {
  const std::int64_t slot = slot_of(time, slot_bits);
  const std::int64_t last_slot = slot_of(base::time_from_ns(last), slot_bits);
  if (slots == 0 || slot - last_slot >= kSlots) {
    slots = 1;
    last = base::ns_of(time);
  } else if (slot >= last_slot) {
    slots = slots << static_cast<unsigned>(slot - last_slot) | 1U;
  } else if (last_slot - slot < kSlots) {
    slots |= std::uint64_t{1} << static_cast<unsigned>(last_slot - slot);
    return;
  } else {
    return;  // far in the past: time went backwards
  }
  last = std::max(last, base::ns_of(time));
}

bool Healing::Times::within(base::Time from, base::Time to, unsigned slot_bits) const {
  if (slots == 0 || to < from || last < base::ns_of(from)) return false;
  if (last <= base::ns_of(to)) return true;
  // What is kept is no finer than a slot; half a second after an error is still to be told.
  const base::Duration finest{(std::int64_t{1} << slot_bits) / 16 * 14};
  if (base::between(from, to) < finest) return false;
  const std::int64_t last_slot = slot_of(base::time_from_ns(last), slot_bits);
  const std::int64_t begin = last_slot - slot_of(to, slot_bits);
  const std::int64_t end = std::min(last_slot - slot_of(from, slot_bits), kSlots - 1);
  for (std::int64_t i = begin; i <= end; ++i) {
    if ((slots >> static_cast<unsigned>(i) & 1U) != 0) return true;
  }
  return false;
}

base::Time Healing::Times::first_since(base::Time from, unsigned slot_bits) const {
  const std::int64_t last_slot = slot_of(base::time_from_ns(last), slot_bits);
  const std::int64_t oldest = std::min(last_slot - slot_of(from, slot_bits), kSlots - 1);
  for (std::int64_t i = oldest; i >= 0; --i) {
    if ((slots >> static_cast<unsigned>(i) & 1U) == 0) continue;
    const std::int64_t start = (last_slot - i) * (std::int64_t{1} << slot_bits);
    return std::max(from, base::time_from_ns(start));
  }
  return from;
}

void Healing::ServedName::add(base::Time time, std::uint32_t by_server) {
  std::size_t i = server[0] == by_server ? 0 : 1;
  if (server[i] != by_server) {
    if (by[0].last < by[1].last) i = 0;
    server[i] = by_server;
    by[i] = {};
  }
  by[i].add(time, kNameSlot);
  last = base::ns_of(time);
}

Healing::Origin Healing::origin_of(const base::IpAddress& address) {
  const Origin* origin = origins_.find(hash_of(address, 6));
  return origin == nullptr ? Origin{} : *origin;
}

void Healing::learn(const base::IpAddress& address, std::uint32_t name, std::uint32_t set,
                    std::uint64_t asker) {
  if (name == 0 || !address.is_known()) return;
  Origin& origin = origins_.get(hash_of(address, 6));
  origin.name = name;
  origin.set = set;
  origin.asker = asker;
  origin.last = base::ns_of(context_.now);
}

std::uint64_t Healing::note_host(const packet::Packet& request) {
  using packet::Field;
  const base::IpAddress& client = request.ip.source;
  std::uint64_t mac = 0;
  const bool shows_host = request.known.has(Field::mac) && request.known.has(Field::ttl) &&
                          is_first_hop(request.ip.ttl) && !request.link.source.is_group();
  if (!shows_host) return client_of(client);
  // Its bytes as they lie, without a way through memory.
  const auto& bytes = request.link.source.bytes;
  for (std::size_t i = bytes.size(); i-- > 0;) mac = mac << 8U | bytes[i];
  if (mac == 0) return client_of(client);
  hosts_.set(hash_of(client, 16), mac);
  return fold(mac, 18);
}

std::uint64_t Healing::client_of(const base::IpAddress& address) {
  const std::uint64_t mac = hosts_.find(hash_of(address, 16));
  return mac == 0 ? hash_of(address, 17) : fold(mac, 18);
}

}  // namespace whydown::journey
