// Internal to explain/: how the parts of Story note relations and find conversations.
#pragma once

#include <cstddef>
#include <cstdint>

#include "explain/story.h"

namespace whydown::explain {

// `packet` to `other`; the gap is added where both carry a time and it does not run backwards.
void relate(const packet::Packet& packet, Tie tie, const base::Place& other, Relations& relations,
            std::uint64_t count = 0, const base::Place& second = {});

// Whether this may be a packet that was captured at `before` already: nobody sends the same again
// so soon. Of text it is not known.
bool captured_twice(const packet::Packet& packet, const base::Place& before);

struct ConversationKey {
  Key key;
  std::size_t sender = 0;  // index in Conversation::sides
};
ConversationKey conversation_key(const base::IpAddress& source, std::uint16_t source_port,
                                 const base::IpAddress& destination, std::uint16_t destination_port,
                                 packet::Transport transport);

// Key::detail of the last packet to a service; 0 stands for any service.
std::uint64_t service_detail(packet::Transport transport, std::uint16_t port);

}  // namespace whydown::explain
