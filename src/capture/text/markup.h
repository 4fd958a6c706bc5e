// What mail programs, chats and web pages put around the words of a log. Links first: a name
// becomes one, and copying writes the link out:
//
//     A? example.com<http://example.com/>. (29)      Outlook
//     A? [example.com](http://example.com). (29)     Markdown
//     A? [example.com|http://example.com]. (29)      Jira
//     A? <http://example.com|example.com>. (29)      Slack
#pragma once

#include <string>
#include <string_view>

namespace whydown::capture::text {

// Writes what was there before the links into `out`; false, with `out` as it was, when there are
// none.
bool undo_links(std::string_view text, std::string& out);

// "<br>", "</p>", "<span style=...>" at the front; takes it.
bool take_tag(std::string_view& text);

// "\>" or "\_" at the front, as Markdown escapes what it would read as its own. Not the "\032" of a
// name.
bool is_escaped(std::string_view text);

}  // namespace whydown::capture::text
