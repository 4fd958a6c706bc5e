// What the placeholders of the catalogue's sentences stand for in one incident.
#pragma once

#include <cstdint>
#include <string>

namespace whydown::diagnosis {

// What stands for {server}, {names} ... in catalogue texts.
struct Values {
  std::string server;   // the first one
  std::string servers;  // "192.0.2.1 and 192.0.2.2"
  std::string port;
  std::string endpoint;  // "192.0.2.1:443", "[2001:db8::1]:443": the first one, as programs want it
  std::string site;      // "192.0.2.1 (www.example.com)"; the servers alone where no name is known
  std::string url;       // "http://www.example.com:8080/"; of port 443 "https://192.0.2.1/"
  std::string protocol;  // "SMTP"
  std::string name;      // the first one
  std::string names;
  std::string such_names;  // "Names such as www.example.com", or "Names" where none is known
  std::string the_name;    // "The name www.example.com", "A name"
  std::string client;
  std::string clients;
  std::uint64_t client_count = 0;
  std::uint64_t failed = 0;
  std::uint64_t total = 0;
  // By what TLS handshakes were called off.
  std::string objection = "an alert, a message that says that it gives up";
  // Of attacks.
  std::string source;   // that sent most
  std::string sources;  // "192.0.2.7", "about 4000 addresses, none of which sent much"
  std::string rate;     // "700 a second"
  std::string sent;     // packets
  std::string ports;    // "100 ports"
  std::string hosts;    // "3 hosts"
  std::string size;     // "3,100 bytes", on average
  std::string asked;    // DNS: "for ever new names of example.com"; "ANY of example.com"
  std::string role;     // "seen at its victim"
  std::string victim;   // of a reflection
  std::string reflector;
  std::string course;    // "came to 192.0.2.7 from 12 addresses; nothing here shows that it asked"
  std::string open;      // "192.0.2.1:22 and 192.0.2.1:80"
  std::string accepted;  // "Then one of them was accepted: somebody is in."
};

}  // namespace whydown::diagnosis
