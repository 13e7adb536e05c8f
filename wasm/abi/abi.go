// Package abi is the document of the boundary between the engine and the page: which functions the module exports,
// what crosses in which order, who owns the bytes. web/src/engine.js is the other side and uses the constants that are
// generated from here.
//
// # Bytes
//
// The module owns one buffer. reserve(size) returns the address of at least size bytes and keeps them valid until the
// next reserve with a larger size. The page writes its input there, then calls an export with the length. An export
// that answers with text writes it to a buffer of its own and returns the length; output() returns its address. The
// text stays valid until the next call. All text is UTF-8. Any call may grow the memory, so the page makes its views
// again after each.
//
// # Exports
//
//	version() u32                               Version; anything else must not be used
//	reserve(size u32) u32                       the input buffer's address
//	output() u32                                the output buffer's address
//	configure(json, page u32) u32               page bytes of the page's own host (with ":port"), then json bytes of
//	                                            configuration; returns the length of the problems, one a line
//	settings() u32                              bits 0 gpc, 1 storedConsent, 2 debug, 3 any CMP, 4-31 queue limit
//	decide(kind, host, rest u32) u32            host bytes of host, then rest bytes of path; for named kinds host is 0
//	                                            and rest is the name; returns Decision.Packed
//	free(host u32) u32                          1 when no rule speaks of that host, whatever path and kind
//	rule(number u32) u32                        a rule's name as text
//	set(source, states, mask u32) u32           two bits a category in states (consent.State << 2*Category), one bit a
//	                                            category in mask; returns Transition.Packed
//	elsewhere(source, states, mask u32) u32     the same of a choice that was made in another document of the site
//	hear(name, text, source, a, b u32) u32      name bytes of a CMP's name, then text bytes of what the source says; text, a
//	                                            and b are those of Gate.Hear; returns Transition.Packed
//	stored(key, jar, seconds u32) u32           key bytes of the key that was written just now, none for those of earlier
//	                                            visits, then jar bytes of cookies and keys (consent.Reader.Stored); returns
//	                                            Transition.Packed
//	keeps(key u32) u32                          1 if a cookie or key, of key bytes, holds a choice of a CMP
//	listens(name u32) u32                       1 if a consent source, its name of name bytes, is to be heard
//	consent() u32                               bits 0-7 two bits a category, 8-11 source, 12-13 model, 14-15 what the gate
//	                                            does with Segment itself
//	mask(length u32) u32                        a cookie list; returns the masked list's length plus one, 0 when unchanged
//	learn(host, path, what u32) u32             host bytes of host, then path bytes of path, of what it is (LearnScript, ...);
//	                                            returns 1 when a first-party proxy became known
//	arrange(name, sorts u32) u32                name bytes of a method, then a letter an argument (replay.Sort); returns
//	                                            Call.Packed with bit 31 set, or 0 for a method that is not replayed
//	narrow(from, own, settings u32) u32         from bytes of the path or the write key that settings came with, then own bytes
//	                                            of the hosts, each with a space behind it, that the site itself loads scripts
//	                                            from, then settings bytes of a source's settings. Returns what became of them in
//	                                            bits 0-1 (blocker.Narrowing) and above them the length of what Analytics.js may see
//	missing(key u32) u32                        key bytes of a write key; its settings with what was granted since and was left
//	                                            out before; returns the length plus one, 0 when there is nothing (more)
//	destination(key, i u32) u32                 key bytes of a write key; the name of the i-th destination of its settings, or of
//	                                            all where no source has that key; 0 behind the last
//	stamp(length u32) u32                       a body for the tracking API; returns the stamped one's length plus one, 0 when
//	                                            it is not understood. A length of 0: nothing is left to send
//	forget(at f64)                              a denial came at that time, in milliseconds since 1970
//	lapse(at f64)                               consent changed at that time, in milliseconds since 1970, after set, hear or stored
//	receives(name, id u32) u32                  name bytes of a destination's name, then id bytes of an event's messageId; 1 when
//	                                            the destination may be given the event
//
// Lengths that do not fit the reserved buffer are refused: decide answers RefusedDecision, the others 0.
// Numbers that stand for nothing open nothing: such a kind is asked about as one that reaches the network, such a source
// is not heard, such a rule has no name, such a state is a denial and such a model opt-in.
package abi

// Version of this boundary. It changes with any change to the text above.
const Version = 5

// MaxInput bounds reserve, in bytes.
const MaxInput = 1 << 22

// RefusedDecision is what decide answers to lengths outside the buffer: hold, with no rule.
const RefusedDecision = 1

// What learn is told of: a script that the page's snippet asks for, one whose element carries the snippet's mark, and where
// Analytics.js sends events.
const (
	LearnScript = iota
	LearnMarked
	LearnAPI
)

// Bits of settings.
const (
	SettingGPC = 1 << iota
	SettingStored
	SettingDebug
	SettingCMP
	SettingQueueShift = 4
)
