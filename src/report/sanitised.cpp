#include "report/sanitised.h"

#include <string>
#include <vector>

#include "report/escape.h"

namespace whydown::report {
namespace {

// Names, addresses, ids, commands: a line end in them is hostile and stays visible.
void line(std::string& text) { text = clean_line(text); }
void lines(std::vector<std::string>& texts) {
  for (std::string& text : texts) line(text);
}
// Sentences: the catalogue's may be wrapped over lines.
void sentence(std::string& text) { text = clean_paragraph(text); }
void sentences(std::vector<std::string>& texts) {
  for (std::string& text : texts) sentence(text);
}

void clean(std::vector<diagnosis::Argument>& arguments) {
  for (diagnosis::Argument& argument : arguments) {
    line(argument.fact);
    sentence(argument.because);
    sentence(argument.detail);
    sentence(argument.source);
  }
}

void clean(std::vector<diagnosis::Check>& checks) {
  for (diagnosis::Check& check : checks) {
    line(check.command);
    sentence(check.where);
    lines(check.separates);
    for (diagnosis::CheckAnswer& answer : check.answers) {
      sentence(answer.see);
      sentence(answer.then);
    }
  }
}

void clean(std::vector<base::QualityRemark>& remarks) {
  for (base::QualityRemark& remark : remarks) {
    line(remark.id);
    sentence(remark.text);
  }
}

void clean_heading(diagnosis::Incident& incident) {
  for (std::string* text : {&incident.fault, &incident.kind, &incident.protocol,
                            &incident.transport, &incident.severity, &incident.service.name}) {
    line(*text);
  }
  for (std::string* text :
       {&incident.title, &incident.summary, &incident.explanation, &incident.student}) {
    sentence(*text);
  }
  lines(incident.service.servers);
  lines(incident.service.names);
  lines(incident.clients.addresses);
  for (diagnosis::ClientImpact& impact : incident.impact) line(impact.address);
}

void clean(diagnosis::Incident& incident) {
  clean_heading(incident);
  for (diagnosis::RankedCause& cause : incident.causes) {
    line(cause.id);
    sentence(cause.title);
    clean(cause.arguments_for);
    clean(cause.arguments_against);
  }
  for (diagnosis::KnownFact& fact : incident.facts) {
    line(fact.id);
    sentence(fact.detail);
  }
  for (diagnosis::InseparablePair& pair : incident.inseparable) {
    line(pair.first);
    line(pair.second);
    sentence(pair.because);
  }
  clean(incident.checks);
  sentences(incident.not_shown);
  for (diagnosis::EvidencePacket& packet : incident.evidence) {
    line(packet.text);
    for (diagnosis::PacketField& field : packet.fields) {
      line(field.name);
      line(field.value);
    }
  }
  for (diagnosis::Mark& mark : incident.marks) {
    line(mark.id);
    sentence(mark.text);
  }
  for (diagnosis::JourneyStep& step : incident.journey) sentence(step.text);
}

void clean(base::InputInfo& input) {
  for (std::string* text : {&input.path, &input.sha256, &input.hmac_sha256, &input.format,
                            &input.compression, &input.link_type, &input.filter}) {
    line(*text);
  }
  clean(input.remarks);
}

}  // namespace

diagnosis::Diagnosis sanitised(diagnosis::Diagnosis diagnosis) {
  sentence(diagnosis.verdict_text);
  for (diagnosis::Incident& incident : diagnosis.incidents) clean(incident);
  clean(diagnosis.data_quality);
  sentences(diagnosis.not_attempted);
  for (base::InputInfo& input : diagnosis.inputs) clean(input);
  return diagnosis;
}

Case sanitised(Case supplied) {
  for (std::string* text :
       {&supplied.file, &supplied.reference, &supplied.organisation, &supplied.classification,
        &supplied.prepared_by, &supplied.report_date, &supplied.reported_by, &supplied.aware,
        &supplied.systems, &supplied.impact, &supplied.status, &supplied.custody}) {
    sentence(*text);
  }
  for (CaseAction& action : supplied.actions) {
    for (std::string* text : {&action.when, &action.who, &action.what}) sentence(*text);
  }
  for (CaseContact& contact : supplied.contacts) {
    for (std::string* text : {&contact.role, &contact.name, &contact.reach}) sentence(*text);
  }
  for (Complaint& complaint : supplied.complaints) {
    for (std::string* text :
         {&complaint.who, &complaint.when, &complaint.saw, &complaint.address}) {
      sentence(*text);
    }
  }
  return supplied;
}

}  // namespace whydown::report
