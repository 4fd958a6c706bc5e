// Packets that live for a limited number of hops: who answers for a server before they can have
// reached it.
#pragma once

#include "probe/check_actions.h"

namespace whydown::probe {

// How many hops it takes to the server, by echo requests; 0 where none is answered.
int hops_to(const base::IpAddress& server, const Tools& tools);
// The subject's refusal, asked for by a packet that ends one hop before the server. Whether the
// refusal comes all the same; a router just before the server may refuse only what would go on, so
// that it does not come proves nothing.
Heard refused_before(const Subject& subject, const Tools& tools);

}  // namespace whydown::probe
