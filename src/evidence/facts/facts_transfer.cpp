// Facts about connections whose data met trouble: the attempts of step transfer, the signs that the
// journey gives of them, and what became of new connections meanwhile.
#include <array>

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

bool is_about_transfers(const View& view) { return view.subject.step == Step::transfer; }

struct Signs {
  std::uint64_t count = 0;
  std::vector<base::Place> packets;
  base::Duration longest{-1};
};

Signs signs_of(const View& view, Sign sign) {
  Signs out;
  for (const ObservationRow& row : view.store.observations()) {
    if (row.sign != sign ||
        std::ranges::find(view.subject.services, row.service) == view.subject.services.end()) {
      continue;
    }
    out.count += row.count;
    for (const Observation& seen : row.first) {
      out.packets.push_back(seen.packet.place);
      out.longest = std::max(out.longest, seen.latency);
    }
  }
  out.packets = earliest(std::move(out.packets));
  return out;
}

std::uint64_t failed_count(const View& view) { return sum(view.failed, &Row::attempts); }

// Two signs that exclude each other: yes where nearly all are of the first kind.
Finding either(const View& view, Sign first, Sign second, std::string_view yes_words,
               std::string_view no_words) {
  if (!is_about_transfers(view)) return unknown();
  const Signs a = signs_of(view, first);
  const Signs b = signs_of(view, second);
  const std::uint64_t both_counts = a.count + b.count;
  if (both_counts == 0) return unknown();
  const auto words = [&](const Signs& which, std::string_view what) {
    return fmt::format("{} of {}: {}", which.count, counted(both_counts, "connection"), what);
  };
  if (is_most(a.count, both_counts)) return yes(words(a, yes_words), a.packets);
  if (is_most(b.count, both_counts)) return no(words(b, no_words), b.packets);
  return unknown(words(a, yes_words));
}

// New connections that were tried since the first transfer failed.
RowList tried_since(const View& view) {
  return rows_where(view.service, [&](const Row& row) {
    return row.key.step != Step::transfer && row.key.outcome != Outcome::unknown;
  });
}

// A connection that is cut fails with the reset; until then it worked.
base::Time failed_at(const View& view) {
  base::Time first = base::Time::max();
  if (view.subject.symptom == Symptom::cut_off) {
    for (const Row* row : view.failed) {
      for (const Attempt* attempt : row->exemplars()) first = std::min(first, attempt->end);
    }
  }
  return first == base::Time::max() ? view.first : first;
}

std::vector<base::Place> begun_since(const View& view, const RowList& rows) {
  const base::Time failed = failed_at(view);
  return cite(rows, [&](const Attempt& attempt) -> const Digest* {
    if (attempt.begin <= failed) return nullptr;
    return attempt.answer.is_set() ? &attempt.answer : &attempt.request;
  });
}

Finding since(const View& view, const RowList& rows, std::string_view noun) {
  if (!is_about_transfers(view)) return unknown();
  std::vector<base::Place> packets = begun_since(view, rows);
  if (!packets.empty()) {
    return yes(fmt::format("new connections {} after the first failure", noun), std::move(packets));
  }
  std::vector<base::Place> others = begun_since(view, tried_since(view));
  if (others.empty()) return unknown();
  return no(fmt::format("no new connection {} after the first failure", noun), std::move(others));
}

Finding after_pause(const View& view) {
  if (!is_about_transfers(view)) return unknown();
  const std::uint64_t all = failed_count(view);
  const Signs pauses = signs_of(view, Sign::after_pause);
  if (all == 0) return unknown();
  if (is_most(pauses.count, all)) {
    base::Duration shortest = base::Duration::max();
    for (const Row* row : view.failed) {
      for (const Attempt* attempt : row->exemplars()) {
        if (attempt->latency.count() >= 0) shortest = std::min(shortest, attempt->latency);
      }
    }
    return yes(fmt::format("{} of {} when the client spoke again after a pause of {} or more",
                           pauses.count, counted(all, "connection"), times(shortest)),
               pauses.packets);
  }
  if (pauses.count == 0) {
    return no(fmt::format("none of {} after a pause", counted(all, "connection")),
              cite_requests(view.failed));
  }
  return unknown();
}

Finding reset_ignored(const View& view) {
  if (!is_about_transfers(view) || view.subject.symptom != Symptom::cut_off) return unknown();
  const Signs ignored = signs_of(view, Sign::reset_ignored);
  if (ignored.count == 0) return unknown();
  return yes(fmt::format("on {} whoever is said to have reset it went on sending",
                         counted(ignored.count, "connection")),
             ignored.packets);
}

Finding stopped_together(const View& view) {
  if (!is_about_transfers(view)) return unknown();
  constexpr base::Duration instant = std::chrono::milliseconds{300};
  constexpr base::Duration apart = std::chrono::seconds{3};
  std::vector<const Attempt*> all;
  for (const Row* row : view.failed) {
    for (const Attempt* attempt : row->exemplars()) all.push_back(attempt);
  }
  if (all.size() < 2 || all.size() != failed_count(view)) return unknown();
  const bool is_cut = view.subject.symptom == Symptom::cut_off;
  const auto time_of = [&](const Attempt* a) { return is_cut ? a->end : a->begin; };
  const auto [first, last] = std::ranges::minmax_element(all, {}, time_of);
  const base::Duration span = base::between(time_of(*first), time_of(*last));
  const std::vector<base::Place> packets =
      is_cut ? cite_answers(view.failed) : cite_requests(view.failed);
  const std::string words =
      fmt::format("{} within {}", counted(all.size(), "connection"), times(span));
  if (span <= instant) return yes(words, packets);
  if (span >= apart) return no(words, packets);
  return unknown(words);
}

Finding refused_since(const View& view) {
  return since(view,
               rows_where(tried_since(view), [](const Row& row) { return is_refused_by_act(row); }),
               "were refused");
}

Finding unanswered_since(const View& view) {
  return since(view,
               rows_where(tried_since(view),
                          [](const Row& row) { return row.key.symptom == Symptom::no_response; }),
               "got no answer");
}

Finding accepted_since(const View& view) {
  return since(view, rows_where(tried_since(view), [](const Row& row) { return is_ok(row); }),
               "were accepted");
}

Finding some_accepted_since(const View& view) {
  if (!is_about_transfers(view)) return unknown();
  struct Span {
    base::Time first{base::Time::max()};
    base::Time last{base::Time::min()};
    std::vector<base::Place> packets;
  };
  Span accepted;
  Span silent;
  const RowList tried = tried_since(view);
  const base::Time failed = failed_at(view);
  for (const Row* row : tried) {
    for (const Attempt* attempt : row->exemplars()) {
      const bool is_silent = row->key.symptom == Symptom::no_response;
      if (attempt->begin <= failed || (!is_ok(*row) && !is_silent)) continue;
      Span& span = is_silent ? silent : accepted;
      span.first = std::min(span.first, attempt->begin);
      span.last = std::max(span.last, attempt->begin);
      span.packets.push_back(attempt->request.place);
    }
  }
  if (accepted.packets.empty() && silent.packets.empty()) return unknown();
  if (accepted.packets.empty() || silent.packets.empty()) {
    return no("no new connection fared otherwise than the others", begun_since(view, tried));
  }
  const bool is_in_turn = accepted.first < silent.last && silent.first < accepted.last;
  const std::string words = "some were accepted after the first failure, and others got no answer";
  return is_in_turn ? yes(words, both(accepted.packets, silent.packets)) : unknown(words);
}

Finding lost_before(const View& view) {
  return either(view, Sign::lost_before, Sign::lost_behind,
                "what was lost never came past this place, and was sent again",
                "what was sent again had come past this place before");
}

Finding one_direction(const View& view) {
  if (!is_about_transfers(view)) return unknown();
  const Signs up = signs_of(view, Sign::lost_upload);
  const Signs down = signs_of(view, Sign::lost_download);
  if (up.count + down.count == 0) return unknown();
  const bool is_one = up.count == 0 || down.count == 0;
  const std::string words = fmt::format("data of the client was lost on {}, of the server on {}",
                                        counted(up.count, "connection"), down.count);
  return is_one ? yes(words, both(up.packets, down.packets))
                : no(words, both(up.packets, down.packets));
}

Finding client_shut(const View& view) {
  return either(view, Sign::client_shut, Sign::server_shut, "the client's window was closed",
                "the server's window was closed");
}

Finding large_unseen(const View& view) {
  if (view.subject.symptom != Symptom::too_big) return unknown();
  const Signs hidden = signs_of(view, Sign::hidden_hole);
  if (hidden.count == 0) {
    return no("the large packets came past this place, again and again",
              cite_requests(view.failed));
  }
  return yes(fmt::format("on {} only the gap that the large packets leave is seen",
                         counted(hidden.count, "connection")),
             hidden.packets);
}

Finding large_passed(const View& view) {
  if (view.subject.symptom != Symptom::too_big) return unknown();
  const Signs passed = signs_of(view, Sign::large_passed);
  if (passed.count == 0) return unknown();
  return yes(fmt::format("packets of full size were acknowledged on {}",
                         counted(passed.count, "other connection")),
             passed.packets);
}

constexpr std::array kTransferFacts = {
    Entry{{"transfer.after_pause",
           "Did four of five of the connections fail when the client spoke again after 4 s or more "
           "of quiet? No where none did.",
           "RFC 5382 5"},
          after_pause},
    Entry{{"transfer.reset_ignored",
           "Did whoever is said to have reset the connection go on sending beyond the reset, as if "
           "it knew nothing of it? Never no.",
           "Weaver, Sommer, Paxson: Detecting Forged TCP Reset Packets, NDSS 2009"},
          reset_ignored},
    Entry{{"transfer.stopped_together",
           "Did two or more connections, all that failed, do so within 300 ms? No where they lie "
           "3 s or more apart.",
           "reasoned: what ends a program or a way ends all connections at once"},
          stopped_together},
    Entry{{"transfer.refused_since",
           "Were new connections to the service refused after the first failure? No where others "
           "were tried.",
           "RFC 9293 3.5.2"},
          refused_since},
    Entry{{"transfer.unanswered_since",
           "Did new connections to the service get no answer after the first failure? No where "
           "others were tried.",
           ""},
          unanswered_since},
    Entry{{"transfer.accepted_since",
           "Were new connections to the service accepted after the first failure? No where others "
           "were tried.",
           ""},
          accepted_since},
    Entry{{"transfer.some_accepted_since",
           "After the first failure, were new connections to the service accepted and left without "
           "an answer in turn? No where all fared alike.",
           "reasoned: what drops packets at random lets some through"},
          some_accepted_since},
    Entry{{"transfer.server_stuck",
           "On four of five of the connections that came to a standstill, is it the server's data "
           "that nobody acknowledged? No where it was the client's on all.",
           ""},
          server_stuck},
    Entry{{"transfer.lost_before",
           "On four of five of the connections, was most of what was sent again never captured "
           "before? No where most of it had been: then it was lost behind the place of the "
           "capture.",
           "reasoned from where the capture was taken"},
          lost_before},
    Entry{{"transfer.one_direction",
           "Was data lost in one direction only? No where both directions lose.", ""},
          one_direction},
    Entry{{"transfer.client_shut",
           "On four of five of the connections, was it the client that took nothing any more? No "
           "where it was the server.",
           "RFC 9293 3.8.6"},
          client_shut},
    Entry{{"transfer.large_unseen",
           "Is of the large packets only the gap seen that they leave? No where they came past "
           "this place.",
           "RFC 2923 2.1"},
          large_unseen},
    Entry{{"transfer.large_passed",
           "Were packets of full size acknowledged on other connections to the service? Never no.",
           "RFC 2923 2.1"},
          large_passed},
};

}  // namespace

std::span<const Entry> transfer_facts() { return kTransferFacts; }

Finding server_stuck(const View& view) {
  if (!is_about_transfers(view) || view.subject.symptom != Symptom::stalled) return unknown();
  const Signs stuck = signs_of(view, Sign::server_stuck);
  const std::uint64_t all = failed_count(view);
  const std::string words =
      fmt::format("the server's data on {} of {}", stuck.count, counted(all, "connection"));
  if (is_most(stuck.count, all)) return yes(words, stuck.packets);
  if (stuck.count == 0) return no(words, cite_requests(view.failed));
  return unknown(words);
}

}  // namespace whydown::evidence::facts_detail
