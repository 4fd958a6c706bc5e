// Remarks on the data as a whole.
#include <algorithm>
#include <array>
#include <initializer_list>

#include <fmt/format.h>

#include "evidence/evidence.h"
#include "evidence/facts/facts.h"
#include "evidence/limits.h"
#include "evidence/quality_text.h"
#include "evidence/traffic.h"

namespace whydown::evidence {

namespace {

using base::QualityRemark;
using base::Severity;
using facts_detail::counted;
using packet::Note;

std::string_view is_or_are(std::uint64_t count) { return count == 1 ? "is" : "are"; }
std::string_view was_or_were(std::uint64_t count) { return count == 1 ? "was" : "were"; }

// A packet's note that is worth a remark, and what it says after "7 packets are".
struct NoteRemark {
  std::string_view id;
  Severity severity;
  Note note;
  std::string_view text;
};

constexpr std::array kNoteRemarks = {
    NoteRemark{
        "packet.fragments", Severity::note, Note::fragment,
        "part of a fragmented datagram. Those of DNS answers were put together; of others only "
        "the first fragment shows ports."},
    NoteRemark{
        "packet.fragments_overlap", Severity::warning, Note::fragments_overlap,
        "a fragment that overlaps or contradicts others of its datagram, which was given up: "
        "systems do the same, as this is how filters are deceived."},
    NoteRemark{"packet.fragments_without_first", Severity::note, Note::fragments_without_first,
               "the beginning of what is left of a datagram whose first fragment is not in the "
               "capture."},
    NoteRemark{"wireless.protected", Severity::warning, Note::wireless_protected,
               "encrypted on the wireless link: nothing above it can be read. Capture behind the "
               "access point, or on the machine itself."},
    NoteRemark{"wireless.retries", Severity::note, Note::wireless_retry,
               "sent again on the wireless link because nobody acknowledged the first try."},
    NoteRemark{"wireless.leaves", Severity::note, Note::wireless_leave,
               "the end of a wireless connection (deauthentication or disassociation): whoever it "
               "is about has to join again."},
    NoteRemark{"packet.bad_checksum", Severity::note, Note::bad_transport_checksum,
               "sent with a wrong TCP or UDP checksum: usual for packets captured on the sending "
               "machine, where the network card fills it in; anywhere else the receiver drops "
               "them silently."},
    NoteRemark{"capture.offload", Severity::note, Note::segment_above_mtu,
               "larger than the link allows: the network card or kernel joined or will split "
               "them, so counts of packets and sizes are not those on the wire."},
    NoteRemark{"capture.snaplen_cut", Severity::note, Note::truncated_capture,
               "cut short by the capture's snap length; what lies beyond the cut is unknown."},
    NoteRemark{"packet.unknown_link_type", Severity::warning, Note::unknown_link_type,
               "of a link type that is not understood; nothing in them could be read."},
    NoteRemark{"text.unreadable", Severity::warning, Note::text_unreadable,
               "in words that were not understood beyond the addresses."},
    NoteRemark{"text.terse", Severity::warning, Note::text_terse,
               "printed by size only (tcpdump -q): whether a DNS answer or a TCP segment grants or "
               "refuses is not shown. Print the log again without -q."},
};

void note_remark(std::string_view id, Severity severity, std::uint64_t count,
                 const base::Place& first, std::string_view text, std::vector<QualityRemark>& out) {
  if (count == 0) return;
  QualityRemark remark{std::string{id}, severity, {}, {}, count};
  remark.text = fmt::format("{} {} {}", counted(count, "packet"), is_or_are(count), text);
  if (first.is_set()) remark.packets.push_back(first);
  out.push_back(std::move(remark));
}

void note_remarks(const journey::Totals& totals, std::vector<QualityRemark>& out) {
  note_remark("packet.malformed", Severity::note, totals.malformed, totals.malformed_first,
              "malformed or with a header that contradicts itself; read as far as that goes.", out);
  for (const NoteRemark& kind : kNoteRemarks) {
    const auto index = static_cast<std::size_t>(kind.note);
    note_remark(kind.id, kind.severity, totals.notes[index], totals.note_first[index], kind.text,
                out);
  }
}

std::vector<base::Place> places_of(const Store& store, std::initializer_list<Sign> signs) {
  std::vector<base::Place> places;
  for (const ObservationRow& row : store.observations()) {
    if (std::ranges::find(signs, row.sign) == signs.end()) continue;
    for (const Observation& seen : row.first) places.push_back(seen.packet.place);
  }
  return facts_detail::earliest(std::move(places));
}

void observation_remarks(const Store& store, std::vector<QualityRemark>& out) {
  const facts_detail::Finding one_sided = facts_detail::one_sided(store);
  if (one_sided.truth == Truth::yes) {
    out.push_back({"capture.one_sided", Severity::warning,
                   "Only one direction of the traffic is in the capture (" + one_sided.detail +
                       "): an answer that is missing here may have been sent.",
                   one_sided.packets, store.totals().tcp_flows_one_way});
  }
  const std::uint64_t unseen = store.observed(Sign::acked_unseen_segment);
  if (unseen > 0 && one_sided.truth != Truth::yes) {
    out.push_back({"capture.lossy", Severity::warning,
                   fmt::format("{} {} ", counted(unseen, "TCP segment"), was_or_were(unseen)) +
                       "acknowledged by the receiver but missing here: the capture lost packets, "
                       "and others may be missing too.",
                   places_of(store, {Sign::acked_unseen_segment}), unseen});
  }
  const std::uint64_t copies = store.observed(Sign::duplicate_frame);
  const std::uint64_t doubles = copies - std::min(copies, facts_detail::copies_in_loops(store));
  if (doubles > 0) {
    out.push_back({"capture.duplicate_frames", Severity::note,
                   fmt::format("{} {} ", counted(doubles, "frame"), was_or_were(doubles)) +
                       "captured twice, as mirror ports do; the copies were not counted.",
                   places_of(store, {Sign::duplicate_frame}), doubles});
  }
  const std::uint64_t pieces = store.observed(Sign::first_piece_only);
  if (pieces > 0 && facts_detail::later_fragments_hidden(store)) {
    out.push_back({"capture.hides_fragments", Severity::warning,
                   "Of " + counted(pieces, "large answer") +
                       " the first fragment is in the capture, and no later fragment of any "
                       "datagram: a capture filter for one port admits none, as they show no "
                       "ports. Whether the rest arrived is not shown.",
                   places_of(store, {Sign::first_piece_only}), pieces});
  }
  // Whom a forged question named refuses the answers too.
  const bool is_reflected = std::ranges::any_of(patterns(store), [](const Pattern& pattern) {
    return pattern.kind == PatternKind::dns_reflection;
  });
  const std::uint64_t late = store.observed(Sign::late_answer) +
                             (is_reflected ? 0 : store.observed(Sign::late_answer_rejected));
  if (late > 0) {
    out.push_back({"dns.late_answers", Severity::note,
                   counted(late, "answer") +
                       " came after the client had given the query up: the server works, but "
                       "slower than the client waits.",
                   places_of(store, {Sign::late_answer, Sign::late_answer_rejected}), late});
  }
}

// Whom the clients asked over HTTP, in the order in which they did.
void clear_text_remark(const Store& store, const base::Interner& names,
                       std::vector<QualityRemark>& out) {
  const base::AddressBook book(names);
  std::uint64_t count = 0;
  std::vector<std::pair<base::Place, std::string>> asked;
  for (const auto& [key, row] : store.rows()) {
    // On the port of HTTPS it was most likely decrypted by whoever wrote the table.
    if (key.service.protocol != Protocol::http || key.service.port == 443) continue;
    count += row.attempts;
    for (const Attempt* attempt : row.exemplars()) {
      if (!attempt->request.is_set()) continue;
      const std::string name = names.shown(attempt->request.name);
      asked.emplace_back(attempt->request.place,
                         name.empty() ? book.text(key.service.server) : name);
    }
  }
  if (asked.empty()) return;
  std::ranges::sort(asked);
  std::vector<std::string> whom;
  std::vector<base::Place> places;
  for (const auto& [place, name] : asked) {
    if (std::ranges::find(whom, name) != whom.end()) continue;
    whom.push_back(name);
    places.push_back(place);
  }
  out.push_back({"http.clear_text", Severity::note,
                 fmt::format("{} {} sent over HTTP in clear text, to {}: everybody on the way can "
                             "read and change it.",
                             counted(count, "request"), was_or_were(count),
                             facts_detail::list(whom, whom.size())),
                 facts_detail::earliest(std::move(places)), count});
}

// Of connections with a packet that a snap length cut, of versions that are not read, of a
// beginning that is not in view, and of more than are read at once.
void quic_remark(const journey::Totals& totals, std::vector<QualityRemark>& out) {
  const std::uint64_t unread = totals.quic_unread;
  if (unread == 0) return;
  QualityRemark remark{"quic.unread", Severity::note, {}, {}, unread};
  remark.text = fmt::format(
      "Of {} the first message could not be read (cut short, of a version that is not known, or "
      "more at once than are read): what name was asked for is not known from it.",
      counted(unread, "QUIC connection"));
  if (totals.quic_unread_first.is_set()) remark.packets.push_back(totals.quic_unread_first);
  out.push_back(std::move(remark));
}

void limit_remarks(const Store& store, std::vector<QualityRemark>& out) {
  const std::uint64_t evicted = store.totals().evicted;
  if (evicted > 0) {
    out.push_back({"journey.evicted",
                   Severity::warning,
                   fmt::format("{} {} ", counted(evicted, "attempt"), was_or_were(evicted)) +
                       "given up undecided because a table was full: more exchanges were open at "
                       "once than the program keeps.",
                   {},
                   evicted});
  }
  if (store.overflow() > 0) {
    out.push_back({"evidence.overflow",
                   Severity::warning,
                   fmt::format("{} {} ", counted(store.overflow(), "attempt"),
                               was_or_were(store.overflow())) +
                       "not summed up because the input has more services than the program "
                       "keeps; services that appear late may be missing.",
                   {},
                   store.overflow()});
  }
  if (store.client_overflow() > 0) {
    out.push_back({"evidence.client_overflow",
                   Severity::note,
                   fmt::format("{} {} ", counted(store.client_overflow(), "attempt"),
                               was_or_were(store.client_overflow())) +
                       "not attributed to a client because there are more clients than the "
                       "program keeps; counts by client are incomplete.",
                   {},
                   store.client_overflow()});
  }
}

// A DNS length that its name rules out may have been seen on a packet that is no exemplar.
void count_length_notes(const journey::Totals& totals, std::vector<QualityRemark>& out) {
  const std::uint64_t noted = totals.notes[static_cast<std::size_t>(Note::text_length_impossible)];
  const auto remark = std::ranges::find(out, "text.length_mismatch", &QualityRemark::id);
  if (remark != out.end()) remark->count = std::max(remark->count, noted);
}

bool is_said_by_input(const Store& store, const QualityRemark& remark) {
  return std::ranges::any_of(store.inputs(), [&](const base::InputInfo& input) {
    return std::ranges::find(input.remarks, remark.id, &QualityRemark::id) != input.remarks.end();
  });
}

}  // namespace

std::vector<QualityRemark> quality(const Store& store, const base::Interner& names) {
  std::vector<QualityRemark> out;
  observation_remarks(store, out);
  note_remarks(store.totals(), out);
  quic_remark(store.totals(), out);
  clear_text_remark(store, names, out);
  limit_remarks(store, out);
  std::vector<QualityRemark> text = text_remarks(store, names);
  std::ranges::move(text, std::back_inserter(out));
  count_length_notes(store.totals(), out);
  std::erase_if(out, [&](const QualityRemark& remark) { return is_said_by_input(store, remark); });
  return out;
}

}  // namespace whydown::evidence
