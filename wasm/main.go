// Command wasm is the engine as a WebAssembly module. It only carries bytes across the boundary that package abi
// describes; every answer is package blocker's.
//
// It is built without a garbage collector, which would be a quarter of its size: what is called again and again
// allocates nothing, or appends to a buffer that is kept.
package main

import (
	"unsafe"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
	"github.com/segment-blocker/segment-blocker/blocker/replay"
	"github.com/segment-blocker/segment-blocker/wasm/abi"
)

var (
	input  []byte
	answer []byte
	gate   blocker.Gate
)

func init() { gate.Reset(blocker.Config{}) }

func main() {}

//go:wasmexport version
func version() uint32 { return abi.Version }

//go:wasmexport reserve
func reserve(size uint32) uint32 {
	if size > abi.MaxInput {
		return 0
	}
	if int(size) > len(input) {
		// Doubled, because the memory of the smaller buffer is not used again.
		input = make([]byte, max(int(size), 2*len(input)))
	}
	return address(input)
}

//go:wasmexport output
func output() uint32 { return address(answer) }

//go:wasmexport configure
func configure(json, page uint32) uint32 {
	host, text, ok := two(page, json)
	if !ok {
		return 0
	}
	config, problems := blocker.ParseConfig(clone(text))
	config.PageHost = clone(host)
	gate.Reset(config)
	answer = answer[:0]
	for _, p := range problems {
		answer = append(append(answer, p.String()...), '\n')
	}
	return uint32(len(answer))
}

//go:wasmexport settings
func settings() uint32 {
	c := gate.Config()
	return flag(!c.IgnoreGPC, abi.SettingGPC) | flag(!c.IgnoreStored, abi.SettingStored) |
		flag(c.Debug, abi.SettingDebug) | flag(c.CMP == nil || len(c.CMP) > 0, abi.SettingCMP) |
		uint32(c.Queue())<<abi.SettingQueueShift
}

//go:wasmexport decide
func decide(kind, host, rest uint32) uint32 {
	h, r, ok := two(host, rest)
	if !ok {
		return abi.RefusedDecision
	}
	k := blocker.Kind(small(kind))
	if k.Named() {
		return gate.Decide(blocker.Request{Kind: k, Name: r}).Packed()
	}
	return gate.Decide(blocker.Request{Kind: k, Host: h, Path: r}).Packed()
}

//go:wasmexport free
func free(host uint32) uint32 {
	h, _, ok := two(host, 0)
	return flag(ok && gate.Free(h), 1)
}

//go:wasmexport rule
func rule(number uint32) uint32 {
	answer = answer[:0]
	if number < 1<<16 {
		answer = gate.AppendRuleName(answer, uint16(number))
	}
	return uint32(len(answer))
}

//go:wasmexport set
func set(source, states, mask uint32) uint32 {
	return gate.Set(consent.Source(small(source)), unpack(states), consent.Set(mask)).Packed()
}

// unpack makes states of two bits a category.
func unpack(states uint32) (s consent.States) {
	for c := range s {
		s[c] = consent.State(states >> (2 * c) & 3)
	}
	return s
}

//go:wasmexport elsewhere
func elsewhere(source, states, mask uint32) uint32 {
	return gate.Elsewhere(consent.Source(small(source)), unpack(states), consent.Set(mask)).Packed()
}

//go:wasmexport hear
func hear(name, text, source, a, b uint32) uint32 {
	n, t, ok := two(name, text)
	if !ok {
		return 0
	}
	return gate.Hear(consent.Source(small(source)), n, t, a, b).Packed()
}

//go:wasmexport stored
func stored(key, jar, seconds uint32) uint32 {
	k, j, ok := two(key, jar)
	if !ok {
		return 0
	}
	return gate.Stored(j, k, seconds).Packed()
}

//go:wasmexport keeps
func keeps(key uint32) uint32 {
	k, _, ok := two(key, 0)
	return flag(ok && gate.Keeps(k), 1)
}

//go:wasmexport listens
func listens(name uint32) uint32 {
	n, _, ok := two(name, 0)
	return flag(ok && gate.Listens(n), 1)
}

//go:wasmexport consent
func consentNow() uint32 {
	r := gate.Consent()
	var w uint32
	for c, s := range r.States {
		w |= uint32(s) << (2 * c)
	}
	return w | uint32(r.Source)<<8 | uint32(r.Model)<<12 | uint32(gate.Segment())<<14
}

//go:wasmexport mask
func mask(length uint32) uint32 {
	list, _, ok := two(length, 0)
	if !ok {
		return 0
	}
	var changed bool
	if answer, changed = gate.AppendMasked(answer[:0], list); !changed {
		return 0
	}
	return uint32(len(answer)) + 1
}

//go:wasmexport learn
func learn(host, path, what uint32) uint32 {
	h, p, ok := two(host, path)
	if what == abi.LearnAPI {
		return flag(ok && gate.LearnAPI(h, p), 1)
	}
	return flag(ok && gate.Learn(h, p, what == abi.LearnMarked), 1)
}

//go:wasmexport arrange
func arrange(name, sorts uint32) uint32 {
	method, args, ok := two(name, sorts)
	i := replay.Find(method)
	if !ok || i < 0 {
		return 0
	}
	return replay.Arrange(replay.Methods[i].Overload, unsafe.Slice((*replay.Sort)(unsafe.StringData(args)), len(args))).Packed() | 1<<31
}

//go:wasmexport narrow
func narrow(from, own, settings uint32) uint32 {
	f, rest, ok := two(from, own+settings)
	if !ok || own > own+settings {
		return 0
	}
	var outcome blocker.Narrowing
	answer, outcome = gate.Narrow(answer[:0], f, rest[own:], rest[:own])
	return uint32(outcome) | uint32(len(answer))<<2
}

//go:wasmexport missing
func missing(key uint32) uint32 {
	k, _, ok := two(key, 0)
	if !ok {
		return 0
	}
	if answer, ok = gate.Missing(answer[:0], k); !ok {
		return 0
	}
	return uint32(len(answer)) + 1
}

//go:wasmexport destination
func destination(key, i uint32) uint32 {
	k, _, ok := two(key, 0)
	if !ok {
		return 0
	}
	name, _ := gate.Destination(k, int(i))
	answer = append(answer[:0], name...)
	return uint32(len(answer))
}

//go:wasmexport stamp
func stamp(length uint32) uint32 {
	body, _, ok := two(length, 0)
	if !ok {
		return 0
	}
	if answer, ok = gate.Stamp(answer[:0], body); !ok {
		return 0
	}
	return uint32(len(answer)) + 1
}

//go:wasmexport forget
func forget(at float64) { gate.Forget(int64(at)) }

//go:wasmexport lapse
func lapse(at float64) { gate.Lapse(int64(at)) }

//go:wasmexport receives
func receives(name, id uint32) uint32 {
	n, i, ok := two(name, id)
	return flag(ok && gate.Receives(n, i), 1)
}

// two cuts the input into its first and second text, which share its memory. ok is false when it is shorter.
func two(a, b uint32) (first, second string, ok bool) {
	if uint64(a)+uint64(b) > uint64(len(input)) {
		return "", "", false
	}
	return view(input[:a]), view(input[a : a+b]), true
}

func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func clone(s string) string { return string([]byte(s)) }

// small makes a number fit a byte. One that does not fit stands for nothing, and must not become one that does.
func small(n uint32) uint8 { return uint8(min(n, 255)) }

func flag(on bool, bit uint32) uint32 {
	if on {
		return bit
	}
	return 0
}

func address(b []byte) uint32 { return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) }
