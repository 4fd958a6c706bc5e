#include "journey/healing.h"

#include <algorithm>

#include "journey/healing_keys.h"
#include "journey/noise.h"

namespace whydown::journey {

using namespace healing_keys;  // NOLINT(google-build-using-namespace)

namespace {

std::string_view first_label(std::string_view name) { return name.substr(0, name.find('.')); }

// `longer` is `name` with a suffix behind it.
bool is_suffixed(std::string_view longer, std::string_view name) {
  return longer.size() > name.size() && longer.starts_with(name) && longer[name.size()] == '.';
}

// `longer` is `name` with labels put in before a domain of at least two labels.
bool is_deeper(std::string_view longer, std::string_view name) {
  for (std::size_t dot = name.find('.'); dot != std::string_view::npos;
       dot = name.find('.', dot + 1)) {
    const std::string_view domain = name.substr(dot);
    if (domain.find('.', 1) == std::string_view::npos) return false;
    if (is_suffixed(longer, name.substr(0, dot)) && longer.size() > name.size() &&
        longer.ends_with(domain)) {
      return true;
    }
  }
  return false;
}

// A handshake that is cut may be tried again, a transfer is gone.
bool is_cut_handshake(const Outline& attempt) {
  return attempt.outcome == Outcome::cut && attempt.step == Step::secure;
}

bool is_act(const Outline& attempt) {
  return attempt.outcome == Outcome::refused || attempt.outcome == Outcome::failed ||
         is_cut_handshake(attempt);
}

bool may_heal(const Outline& attempt) {
  return is_act(attempt) || attempt.outcome == Outcome::silent;
}

// What is spoken on a connection is another wish than the connection: to be accepted does not help
// who then meets an expired certificate.
std::uint64_t wish_salt(Protocol protocol) {
  const bool is_connection = protocol <= Protocol::udp || protocol == Protocol::quic;
  return is_connection ? 0 : static_cast<std::uint64_t>(protocol) << 32U;
}

}  // namespace

Healing::Healing(Context& context) : context_(context) {}

bool Healing::is_mutual(const Service& service) {
  constexpr std::uint16_t kBgp = 179;
  return service.port == kBgp && service.transport == packet::Transport::tcp;
}

base::Time Healing::deadline_of(const Outline& attempt) {
  if (is_mutual(attempt.service)) return base::add(attempt.begin, limits::kMutualHealing);
  if (question_of(attempt) == nullptr) return base::add(attempt.begin, limits::kConnectHealing);
  return is_act(attempt) ? base::add(attempt.end, limits::kActHealing)
                         : base::add(attempt.begin, limits::kNameHealing);
}

base::Time Healing::until(const Outline& attempt, bool same_server) {
  if (is_mutual(attempt.service)) return base::add(attempt.begin, limits::kMutualHealing);
  if (is_act(attempt)) {
    const base::Duration same =
        attempt.timed ? limits::kSameActHealing : limits::kUntimedSameActHealing;
    const base::Duration other = attempt.timed ? limits::kActHealing : limits::kUntimedActHealing;
    // The same server is asked again over TCP, once the handshake is done.
    if (attempt.symptom == Symptom::truncated) {
      return base::add(attempt.end, std::max(other, limits::kUntimedTcpHealing));
    }
    return base::add(attempt.end, same_server ? same : other);
  }
  if (question_of(attempt) != nullptr) {
    return base::add(attempt.begin, same_server ? limits::kSameNameHealing : limits::kNameHealing);
  }
  const bool again = same_server && (attempt.service.transport == packet::Transport::tcp ||
                                     attempt.service.protocol == Protocol::quic);
  return base::add(attempt.begin, again ? limits::kSameConnectHealing : limits::kConnectHealing);
}

bool Healing::is_in_time(const Outline& attempt, bool same_server, base::Time asked,
                         base::Time answered) {
  const bool by_asking = same_server || !attempt.timed;
  return (by_asking ? asked : answered) <= until(attempt, same_server);
}

std::uint64_t Healing::wisher_of(const Outline& attempt) {
  return client_of(attempt.client) + wish_salt(attempt.service.protocol);
}

std::uint64_t Healing::wish_key(const Outline& attempt) {
  const std::uint64_t client = wisher_of(attempt);
  if (const Question* question = question_of(attempt)) return name_key(client, question->name, 0);
  return connect_key(client, attempt.service);
}

std::uint64_t Healing::group_key(const Outline& attempt) {
  if (attempt.symptom == Symptom::ttl_exceeded) {
    return pair_hash(attempt.client, attempt.service.server);
  }
  const std::uint64_t client = wisher_of(attempt);
  if (const Question* question = question_of(attempt)) {
    return label_key(client, first_label(context_.names.text(question->name)));
  }
  return port_key(client, attempt.service.port);
}

template <typename Each>
void Healing::each_waiting(const Chains& chains, std::uint64_t key, Each each) {
  if (waiting_.size() == 0) return;
  std::size_t steps = 0;
  Slot slot = chains.back(key & (limits::kWaiting - 1));
  while (slot != kNoSlot && ++steps <= limits::kChainWalk) {
    const Slot before = chains.previous(slot);
    if (context_.now <= waiting_[slot].deadline && each(waiting_[slot].kept)) emit(slot);
    slot = before;
  }
}

void Healing::name_served(const NameServed& served) {
  if (served.name == 0) return;
  const std::uint64_t client = served.client;
  const std::uint32_t server = server_tag(served.server);
  const bool checked = !served.checking_disabled;
  const bool address = served.data && checked && is_address_type(served.type);
  const std::uint32_t t = served.type | (address ? kAnyAddress : 0) | (checked ? 0 : kUnchecked);
  names_.get(name_key(client, served.name, t)).add(served.answered, server);
  if (waits_of(client) == 0) return;

  each_waiting(wishes_, name_key(client, served.name, 0), [&](KeptAttempt& kept) {
    Outline& attempt = kept.outline();
    const Question* question = question_of(attempt);
    if (question == nullptr || question->name != served.name ||
        client_of(attempt.client) != client) {
      return false;
    }
    if (!checked && !question->checking_disabled) return false;
    const bool same = question->type == served.type;
    const bool enough = served.data && served.type == type::a && is_second_to_a(question->type);
    if (!same && !enough) return false;
    const bool same_server = attempt.service.server == served.server;
    const bool sent_again =
        same_server && kept.client_port() == served.client_port && kept.dns_id() == served.id;
    if (!sent_again && !is_in_time(attempt, same_server, served.asked, served.answered)) {
      return false;
    }
    attempt.healed = true;
    attempt.answered_by_other_server = !same_server;
    if (attempt.outcome == Outcome::silent) {
      attempt.latency = latency_of(attempt.timed, attempt.begin, served.answered);
    }
    return true;
  });
  if (address) unmask_search_list(client, context_.names.text(served.name));
}

// A search list that was tried first: "www.example.com.lan" before "www.example.com", or, of the
// list "corp.example.com example.com", "www.corp.example.com" before "www.example.com".
void Healing::unmask_search_list(std::uint64_t client, std::string_view name) {
  each_waiting(groups_, label_key(client, first_label(name)), [&](KeptAttempt& kept) {
    Outline& attempt = kept.outline();
    const Question* question = question_of(attempt);
    if (question == nullptr || attempt.symptom != Symptom::nx_domain ||
        client_of(attempt.client) != client) {
      return false;
    }
    const std::string_view longer = context_.names.text(question->name);
    const bool just_before = base::between(attempt.begin, context_.now) <= limits::kSearchListStep;
    attempt.is_noise = is_suffixed(longer, name) || (just_before && is_deeper(longer, name));
    return attempt.is_noise;
  });
}

void Healing::connect_served(const base::IpAddress& address, const Service& service,
                             base::Time asked, std::uint16_t client_port) {
  serve_connect(address, service, asked, client_port);
  if (!is_mutual(service)) return;
  Service other_way = service;
  other_way.server = address;
  serve_connect(service.server, other_way, asked, 0);
}

void Healing::serve_connect(const base::IpAddress& address, const Service& service,
                            base::Time asked, std::uint16_t client_port) {
  const std::uint64_t client = client_of(address) + wish_salt(service.protocol);
  served_mark(client) = 1;
  const auto remember = [&](std::uint64_t key, base::Time time) {
    connects_.get(key).add(time, kConnectSlot);
  };
  const bool waits = waits_of(client) != 0;
  const std::uint64_t key = connect_key(client, service);
  remember(is_by_quic(service) ? by_quic(key) : key, asked);
  if (waits)
    each_waiting(wishes_, key, [&](KeptAttempt& kept) {
      Outline& attempt = kept.outline();
      const bool sent_again = client_port != 0 && kept.client_port() == client_port;
      const bool same =
          attempt.service.transport == service.transport;  // TCP serves who tried QUIC
      attempt.healed = wisher_of(attempt) == client && question_of(attempt) == nullptr &&
                       attempt.service.server == service.server &&
                       attempt.service.port == service.port &&
                       (sent_again || is_in_time(attempt, same, asked, context_.now));
      return attempt.healed;
    });
  if (service.transport != packet::Transport::tcp) return;
  const Origin origin = origin_of(service.server);
  const base::AddressKind family = service.server.kind();
  if (origin.name == 0) {
    remember(family_key(client, service.port, family), asked);
  } else {
    remember(named_connect_key(client, origin.name, service.port), context_.now);
    if (origin.set != 0) {
      remember(set_connect_key(client, origin.set, service.port), context_.now);
    }
  }
  if (!waits) return;
  each_waiting(groups_, port_key(client, service.port), [&](KeptAttempt& kept) {
    Outline& attempt = kept.outline();
    if (wisher_of(attempt) != client || attempt.service.port != service.port ||
        attempt.service.transport != packet::Transport::tcp || question_of(attempt) != nullptr ||
        attempt.service.server == service.server ||
        !is_in_time(attempt, false, asked, context_.now)) {
      return false;
    }
    const Origin other = origin_of(attempt.service.server);
    const bool raced = attempt.service.server.kind() == other_family(family) &&
                       asked >= base::add(attempt.begin, -limits::kHappyEyeballs) &&
                       asked <= base::add(attempt.begin, limits::kHappyEyeballs);
    attempt.healed = origin.name != 0 ? origin.same_as(other) : other.name == 0 && raced;
    return attempt.healed;
  });
}

void Healing::settle(Attempt& attempt) {
  attempt.complete_outline();
  settle(attempt, WholePackets{attempt});
}

void Healing::settle(Outline& attempt, const Packets& packets, bool now) {
  // Captures of several queues are not in order.
  attempt.end = std::max(attempt.begin, attempt.end);
  // A QUIC client says itself what it asks for.
  if (attempt.step == Step::connect && attempt.question.name == 0) {
    attempt.question.name = origin_of(attempt.service.server).name;
  }
  if (!may_heal(attempt)) {
    context_.sink.attempt(attempt, packets);
    return;
  }
  if (attempt.outcome == Outcome::silent) context_.silent.add(attempt.service.server);
  if (const Question* question = question_of(attempt)) {
    const std::string_view name = context_.names.text(question->name);
    attempt.is_noise = attempt.is_noise || is_noise(name, question->type, attempt.symptom) ||
                       (attempt.symptom == Symptom::nx_domain && is_search_suffix(attempt));
  }
  attempt.is_noise = attempt.is_noise || is_discovery(attempt.service);
  if (!attempt.healed) {
    const Verdict verdict = check(attempt);
    attempt.healed = verdict.served;
    attempt.answered_by_other_server = verdict.by_other_server;
    if (attempt.outcome == Outcome::silent) attempt.latency = verdict.wait;
  }
  if (now || attempt.is_probe) {
    context_.sink.attempt(attempt, packets);
    return;
  }
  const base::Time deadline = deadline_of(attempt);
  const bool may_be_probe = attempt.symptom == Symptom::ttl_exceeded;
  const bool done = attempt.healed || attempt.is_noise || deadline <= context_.now;
  if (done && !may_be_probe) {
    context_.sink.attempt(attempt, packets);
  } else {
    wait(attempt, packets, deadline);
  }
}

void Healing::wait(const Outline& attempt, const Packets& packets, base::Time deadline) {
  if (waiting_.full()) emit(ages_.front(0));
  const Slot slot = waiting_.take_as_left();
  Waiting& waiting = waiting_[slot];
  waiting.kept.set(attempt, packets);
  waiting.deadline = deadline;
  waiting.client = wisher_of(attempt);
  ++waits_of(waiting.client);
  waiting.wish_list = static_cast<std::uint32_t>(wish_key(attempt) & (limits::kWaiting - 1));
  waiting.group_list = static_cast<std::uint32_t>(group_key(attempt) & (limits::kWaiting - 1));
  wishes_.append(waiting.wish_list, slot);
  groups_.append(waiting.group_list, slot);
  ages_.append(0, slot);
}

void Healing::emit(Slot slot) {
  const Waiting& waiting = waiting_[slot];
  wishes_.remove(waiting.wish_list, slot);
  groups_.remove(waiting.group_list, slot);
  ages_.remove(0, slot);
  --waits_of(waiting.client);
  context_.sink.attempt(waiting.kept.outline(), KeptPackets{waiting.kept});
  waiting_.give_back(slot);
}

void Healing::mark_probes(const base::IpAddress& client, const base::IpAddress& server) {
  each_waiting(groups_, pair_hash(client, server), [&](KeptAttempt& kept) {
    Outline& attempt = kept.outline();
    attempt.is_probe = attempt.client == client && attempt.service.server == server &&
                       attempt.symptom == Symptom::ttl_exceeded;
    return attempt.is_probe;
  });
}

void Healing::advance() {
  for (Slot slot = ages_.front(0); slot != kNoSlot; slot = ages_.front(0)) {
    if (context_.now <= waiting_[slot].deadline) break;
    emit(slot);
  }
}

void Healing::finish() {
  while (ages_.front(0) != kNoSlot) emit(ages_.front(0));
}

std::size_t Healing::memory_bytes() {
  return Memory<ServedName>::bytes(limits::kServedNames) +
         Memory<ServedConnect>::bytes(limits::kServedConnects) +
         limits::kClientMarks * (sizeof(std::uint16_t) + sizeof(std::uint8_t)) +
         Memory<Origin>::bytes(limits::kAddressNames) + RecentWords::bytes(limits::kHosts) +
         Slab<Waiting>::bytes(limits::kWaiting) +
         2 * Chains::bytes(limits::kWaiting, limits::kWaiting) + Chains::bytes(1, limits::kWaiting);
}

}  // namespace whydown::journey
