// The questions that a check may ask: for each kind of the catalogue's `sends`, whom it would ask,
// and how. What comes of it is read off the captured packets; only what sockets alone can tell is
// handed back as a fact.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/address.h"
#include "diagnosis/diagnosis.h"
#include "probe/clock.h"
#include "probe/echo.h"
#include "probe/libcurl.h"
#include "probe/ports.h"
#include "probe/resolve.h"
#include "probe/target.h"
#include "probe/trust.h"

namespace whydown::probe {

// What the incident is about, as far as a question needs it.
struct Subject {
  base::IpAddress server;
  std::uint16_t port = 0;
  bool is_tcp = false;
  std::string name;  // asked for, of DNS
  std::uint16_t type = 1;
  std::string type_name = "A";
};

struct Tools {
  const LibCurl& curl;
  const Clock& clock;
  OwnPorts& ports;
  Echo& echo;
  const Target& target;
  const Authorities& authorities;
  std::vector<Resolver> others;  // of the system, and not the one that was asked
  // Has the capture take in another host.
  std::function<void(const base::IpAddress&)> admit;
};

struct Heard {
  std::string words;                       // what the sockets saw
  std::vector<evidence::Fact> facts = {};  // what only they show
};

class Actions {
 public:
  explicit Actions(Tools tools) : tools_(std::move(tools)) {}
  // What would be sent, and to whom: "a DNS query over TCP to 192.0.2.53 port 53". Empty where it
  // cannot be asked here.
  std::string plan(const std::string& sends, const Subject& subject) const;
  Heard ask(const std::string& sends, const Subject& subject);

 private:
  Heard ask_dns_again(const std::string& sends, const Subject& subject);
  Heard ask_other_name(const Subject& subject);
  Heard ask_other_resolver(const Subject& subject);
  Heard ask_authority(const Subject& subject);
  Heard ask_closed_port(const Subject& subject);
  Heard ask_with_type_of_service(const Subject& subject);
  Heard ask_echo(const Subject& subject);
  Heard ask_gateway(const Subject& subject);
  Heard ask_sizes(const Subject& subject);
  Heard ask_front_page(const Subject& subject);
  std::string plan_for_names(const std::string& sends, const Subject& subject) const;
  const Resolver* other_resolver(const Subject& subject) const;

  Tools tools_;
};

// The highest domain of a name below the root: "org" of "www.example.org".
std::string top_of(const std::string& name);

}  // namespace whydown::probe
