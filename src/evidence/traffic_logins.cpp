// Guessed logins: one source is refused again and again, and offers something else each time; or it
// tries one password for many names (spraying); or many sources, each with a few tries, go for one
// name.
//
// What looks alike and is none: a program with an old password (it offers the same each time), a
// user who mistypes (three times, not twelve), a challenge that is answered at once (no refusal), a
// web mail server before a mail server whose users cannot log in all of a sudden (it was let in
// before). Of SSH it is not seen what is offered; there the pace must be no human's.
//
// Where those who check passwords failed, all users are refused at once, from many machines: but
// each offers what it offered before, and each name comes from few of them.
//
// Left out: guesses spread over many sources where no name or no password is seen; forms that are
// refused with the status of a success; logins inside TLS.
#include <algorithm>
#include <map>
#include <set>

#include "evidence/limits.h"
#include "evidence/traffic.h"
#include "journey/application.h"

namespace whydown::evidence::traffic_detail {

namespace {

constexpr std::uint64_t kGuesses = 12;       // of one source
constexpr std::uint64_t kBlindGuesses = 20;  // ... where it is not seen what it offers
constexpr double kBlindPerMinute = 10;
constexpr std::size_t kSecretsSeen = 3;
constexpr std::size_t kPaths = 2;
constexpr std::size_t kUsers = 5;  // names that one source tries
// Of many sources: so many guesses of so many, and as many that go for one name.
constexpr std::uint64_t kSpreadGuesses = 24;
constexpr std::size_t kSpreadSources = 6;

bool has_logins(const RowKey& key) {
  switch (key.service.protocol) {
    case Protocol::http:
    case Protocol::ftp:
    case Protocol::smtp:
    case Protocol::pop:
    case Protocol::imap:
    case Protocol::ssh:
      return key.step == Step::request && !key.noise;
    default:
      return false;
  }
}

// Of one source at one service.
struct Guesser {
  std::uint64_t refused = 0;
  std::vector<const Attempt*> kept;
};

using Guessers = std::map<base::IpAddress, Guesser>;

void add_row(const Row& row, Guessers& guessers) {
  if (row.clients.count() == 1) {
    guessers[*row.clients.kept().begin()].refused += row.tries;
  } else if (row.sources() != nullptr) {
    for (const auto& source : row.sources()->largest(limits::kPatternSources)) {
      guessers[source.address].refused += source.packets;
    }
  } else {
    for (const Attempt* attempt : row.exemplars()) {
      guessers[attempt->client].refused += attempt->tries;
    }
  }
  for (const Attempt* attempt : row.exemplars()) guessers[attempt->client].kept.push_back(attempt);
}

bool offers_ever_new(const Guesser& guesser, bool is_http) {
  std::set<std::uint16_t> secrets;
  std::set<std::uint32_t> paths;
  std::size_t seen = 0;
  for (const Attempt* attempt : guesser.kept) {
    if (attempt->request.secret == 0) continue;
    ++seen;
    secrets.insert(attempt->request.secret);
    paths.insert(attempt->request.target);
  }
  return seen >= kSecretsSeen && secrets.size() * 2 > seen && (!is_http || paths.size() <= kPaths);
}

// Names and passwords as they were offered together.
struct Offers {
  std::size_t seen = 0;
  std::set<std::uint16_t> users;
  std::set<std::pair<std::uint16_t, std::uint16_t>> pairs;

  void add(const Attempt& attempt) {
    const journey::Digest& request = attempt.request;
    if (request.secret == 0 || request.variant == 0) return;
    ++seen;
    users.insert(request.variant);
    pairs.insert({request.variant, request.secret});
  }
  // Hardly anything was tried twice, as those do who have a password.
  bool are_new() const { return (seen - pairs.size()) * 4 <= seen; }
};

bool names_many(const Guesser& guesser) {
  Offers offers;
  for (const Attempt* attempt : guesser.kept) offers.add(*attempt);
  return offers.users.size() >= kUsers && offers.users.size() * 2 > offers.seen && offers.are_new();
}

struct Span {
  base::Time first{base::Time::max()};
  base::Time last{base::Time::min()};
  void add(const Attempt& attempt) {
    first = std::min(first, attempt.begin);
    last = std::max(last, attempt.end);
  }
  double seconds() const {
    return std::max(1.0, std::chrono::duration<double>(base::between(first, last)).count());
  }
};

Span span_of(const Guesser& guesser) {
  Span span;
  for (const Attempt* attempt : guesser.kept) span.add(*attempt);
  return span;
}

bool is_login(const Attempt& attempt, Protocol protocol) {
  if (protocol == Protocol::http) return attempt.request.secret != 0;
  return attempt.request.verb == journey::kLoginVerb;
}

// Accepted logins of a source that are kept, in order.
std::vector<const Attempt*> accepted_of(const Store& store, const Service& service,
                                        const base::IpAddress& source) {
  std::vector<const Attempt*> out;
  for (const auto& [key, row] : store.rows()) {
    const bool is_served = key.outcome == Outcome::ok || key.outcome == Outcome::slow;
    if (key.service != service || !has_logins(key) || !is_served) continue;
    for (const Attempt* attempt : row.exemplars()) {
      if (attempt->client == source && is_login(*attempt, service.protocol)) out.push_back(attempt);
    }
  }
  return out;
}

// Its logins were accepted before the first refusal: somebody's who has a password.
bool was_let_in(const Store& store, const Service& service, const base::IpAddress& source,
                base::Time first) {
  const auto before = [&](const Attempt* attempt) { return attempt->begin < first; };
  if (std::ranges::any_of(accepted_of(store, service, source), before)) return true;
  // Every session of SSH begins with a greeting, which is served.
  if (service.protocol == Protocol::ssh || service.protocol == Protocol::http) return false;
  const auto found = store.service_clients().find({service, source, Step::request});
  return found != store.service_clients().end() && found->second.ok() > 0 &&
         found->second.first_ok < first;
}

bool is_guessing(const Store& store, const Service& service, const base::IpAddress& source,
                 const Guesser& guesser) {
  if (guesser.kept.empty() || guesser.refused < kGuesses) return false;
  const Span span = span_of(guesser);
  if (was_let_in(store, service, source, span.first)) return false;
  if (service.protocol == Protocol::http) return offers_ever_new(guesser, true);
  if (service.protocol != Protocol::ssh) {
    return offers_ever_new(guesser, false) || names_many(guesser);
  }
  const double per_minute = 60 * static_cast<double>(guesser.refused) / span.seconds();
  return guesser.refused >= kBlindGuesses && per_minute >= kBlindPerMinute;
}

// Few of a busy service's accepted logins are kept. But a refusal is healed where the very login
// was accepted soon after, and only who is logged in is served by these protocols.
bool is_in(const Store& store, const Pattern& pattern, const base::IpAddress& source,
           base::Time first) {
  const Service& service = pattern.services.front();
  for (const Row* row : pattern.rows) {
    const bool is_theirs = row->clients.is_exact() && row->clients.count() == 1 &&
                           *row->clients.kept().begin() == source;
    if (row->key.healed && is_theirs) return true;
  }
  const bool is_closed = service.protocol == Protocol::ftp || service.protocol == Protocol::pop ||
                         service.protocol == Protocol::imap;
  if (!is_closed) return false;
  const auto found = store.service_clients().find({service, source, Step::request});
  return found != store.service_clients().end() && found->second.ok() > 0 &&
         found->second.last_ok > first;
}

void add_source(const Store& store, Pattern& pattern, const base::IpAddress& source,
                const Guesser& guesser) {
  const Service& service = pattern.services.front();
  const Span span = span_of(guesser);
  pattern.first = std::min(pattern.first, span.first);
  pattern.last = std::max(pattern.last, span.last);
  pattern.packets += guesser.refused;
  ++pattern.source_count;
  if (pattern.sources.size() < limits::kPatternSources) {
    pattern.sources.push_back({source, guesser.refused, true});
  }
  std::uint64_t accepted = 0;
  for (const Attempt* attempt : accepted_of(store, service, source)) {
    accepted += attempt->begin > span.first ? 1U : 0U;
  }
  if (accepted == 0 && is_in(store, pattern, source, span.first)) accepted = 1;
  pattern.accepted += accepted;
}

// Those that go for one name together, each with passwords of its own; none where that is not to be
// seen. Whoever has a password is let in, before or after.
std::vector<base::IpAddress> spread_sources(const Store& store, const Service& service,
                                            const Guessers& guessers) {
  std::map<std::uint16_t, std::map<base::IpAddress, Offers>> by_user;
  for (const auto& [source, guesser] : guessers) {
    if (guesser.kept.empty() || !accepted_of(store, service, source).empty() ||
        was_let_in(store, service, source, base::Time::max())) {
      continue;
    }
    for (const Attempt* attempt : guesser.kept) {
      if (attempt->request.variant != 0) by_user[attempt->request.variant][source].add(*attempt);
    }
  }
  std::vector<base::IpAddress> out;
  for (const auto& [user, sources] : by_user) {
    std::set<std::pair<std::uint16_t, std::uint16_t>> pairs;
    std::size_t seen = 0;
    for (const auto& [source, offers] : sources) {
      seen += offers.seen;
      pairs.insert(offers.pairs.begin(), offers.pairs.end());
    }
    if (sources.size() < kSpreadSources || pairs.size() * 4 < seen * 3) continue;
    for (const auto& [source, offers] : sources) out.push_back(source);
  }
  std::ranges::sort(out);
  const auto rest = std::ranges::unique(out);
  out.erase(rest.begin(), rest.end());
  return out;
}

void add_spread_sources(const Store& store, Pattern& pattern, const Guessers& guessers) {
  const auto sources = spread_sources(store, pattern.services.front(), guessers);
  std::uint64_t refused = 0;
  for (const base::IpAddress& source : sources) refused += guessers.at(source).refused;
  if (refused < kSpreadGuesses) return;
  for (const base::IpAddress& source : sources) {
    add_source(store, pattern, source, guessers.at(source));
  }
}

Pattern empty_pattern(const Service& service, std::vector<const Row*> rows) {
  Pattern pattern;
  pattern.kind = PatternKind::login_guessing;
  pattern.services.push_back(service);
  pattern.rows = std::move(rows);
  pattern.first = base::Time::max();
  pattern.last = base::Time::min();
  return pattern;
}

// Refusals in a row that are of the sources.
std::uint64_t refused_in(const Row& row, const Pattern& pattern) {
  Guessers guessers;
  add_row(row, guessers);
  std::uint64_t count = 0;
  for (const auto& [source, guesser] : guessers) {
    if (pattern.is_source(source)) count += guesser.refused;
  }
  return count;
}

// Of the rows, those that hold hardly any refusals of others, if there are such.
void keep_own_rows(Pattern& pattern) {
  std::vector<const Row*> own;
  for (const Row* row : pattern.rows) {
    if (refused_in(*row, pattern) * 10 >= row->tries * 8) own.push_back(row);
  }
  pattern.is_alone = !own.empty();
  if (pattern.is_alone) pattern.rows = std::move(own);
}

void finish(Pattern& pattern) {
  keep_own_rows(pattern);
  std::ranges::stable_sort(pattern.sources,
                           [](const auto& a, const auto& b) { return a.packets > b.packets; });
  const double span =
      std::chrono::duration<double>(base::between(pattern.first, pattern.last)).count();
  pattern.per_second = static_cast<double>(pattern.packets) / std::max(span, 1.0);
}

}  // namespace

void find_guessed_logins(const Store& store, std::vector<Pattern>& out) {
  std::map<Service, std::vector<const Row*>> by_service;
  for (const auto& [key, row] : store.rows()) {
    if (key.symptom == Symptom::denied && has_logins(key)) {
      by_service[key.service].push_back(&row);
    }
  }
  for (auto& [service, rows] : by_service) {
    Guessers guessers;
    for (const Row* row : rows) add_row(*row, guessers);
    Pattern pattern = empty_pattern(service, std::move(rows));
    for (const auto& [source, guesser] : guessers) {
      if (is_guessing(store, service, source, guesser)) {
        add_source(store, pattern, source, guesser);
      }
    }
    if (pattern.source_count == 0) add_spread_sources(store, pattern, guessers);
    if (pattern.source_count == 0) continue;
    finish(pattern);
    out.push_back(std::move(pattern));
  }
}

}  // namespace whydown::evidence::traffic_detail
