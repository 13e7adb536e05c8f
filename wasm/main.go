// Command wasm is the engine as a WebAssembly module. It only carries bytes across the boundary that package abi
// describes; every answer is package blocker's.
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
	gate   = blocker.New(blocker.Config{})
)

func main() {}

//go:wasmexport version
func version() uint32 { return abi.Version }

//go:wasmexport reserve
func reserve(size uint32) uint32 {
	if size > abi.MaxInput {
		return 0
	}
	if int(size) > len(input) {
		input = make([]byte, size)
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
	gate = blocker.New(config)
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
	k := blocker.Kind(kind)
	if k.Named() {
		return gate.Decide(blocker.Request{Kind: k, Name: r}).Packed()
	}
	return gate.Decide(blocker.Request{Kind: k, Host: h, Path: r}).Packed()
}

//go:wasmexport rule
func rule(number uint32) uint32 { return text(gate.RuleName(uint16(number))) }

//go:wasmexport set
func set(source, states, mask uint32) uint32 {
	var s consent.States
	for c := range s {
		s[c] = consent.State(states >> (2 * c) & 3)
	}
	return gate.Set(consent.Source(source), s, consent.Set(mask)).Packed()
}

//go:wasmexport say
func say(source, model, gdpr uint32) uint32 {
	return gate.Say(consent.Source(source), consent.Model(model), gdpr == 1).Packed()
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
	masked, changed := gate.MaskCookies(list)
	if !changed {
		return 0
	}
	return text(masked) + 1
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

// two cuts the input into its first and second text, which share its memory. ok is false when it is shorter.
func two(a, b uint32) (first, second string, ok bool) {
	if uint64(a)+uint64(b) > uint64(len(input)) {
		return "", "", false
	}
	return view(input[:a]), view(input[a : a+b]), true
}

func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func clone(s string) string { return string([]byte(s)) }

func text(s string) uint32 {
	answer = append(answer[:0], s...)
	return uint32(len(answer))
}

func flag(on bool, bit uint32) uint32 {
	if on {
		return bit
	}
	return 0
}

func address(b []byte) uint32 { return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) }
