// Command parity writes what the native engine answers, for web/e2e/parity.test.js to hold against the wasm modules.
//
//	parity corpus DIRECTORY         the cases of testdata/decisions, a JSON line each
//	parity random SEED SCENARIOS    seeded random scenarios of 500 requests, a JSON line each
//	parity arrange                  every list of up to four arguments of every method, a JSON line a method
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/internal/corpus"
	"github.com/segment-blocker/segment-blocker/blocker/replay"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	err := run(os.Args[1:], out)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "parity:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	encoder := json.NewEncoder(out)
	switch {
	case len(args) == 2 && args[0] == "corpus":
		return writeCorpus(args[1], encoder)
	case len(args) == 3 && args[0] == "random":
		seed, err := strconv.ParseUint(args[1], 10, 64)
		if err != nil {
			return err
		}
		count, err := strconv.Atoi(args[2])
		if err != nil {
			return err
		}
		return writeRandom(seed, count, encoder)
	case len(args) == 1 && args[0] == "arrange":
		return writeArrangements(encoder)
	}
	return fmt.Errorf("usage: parity corpus DIRECTORY | parity random SEED SCENARIOS | parity arrange")
}

// answered is a case with the native engine's answers, one packed decision a request.
type answered struct {
	Title     string   `json:"title"`
	Problems  string   `json:"problems"`
	Settings  uint32   `json:"settings"`
	Consent   uint32   `json:"consent"`
	Decisions []uint32 `json:"decisions"`
}

func writeCorpus(dir string, encoder *json.Encoder) error {
	cases, err := corpus.Load(dir)
	if err != nil {
		return err
	}
	for _, c := range cases {
		gate, problems, err := c.Gate()
		if err != nil {
			return fmt.Errorf("%s: %w", c.Title, err)
		}
		a := answered{Title: c.Title, Problems: text(problems), Settings: settings(gate), Consent: record(gate)}
		for _, q := range c.Requests {
			request, err := q.Request()
			if err != nil {
				return fmt.Errorf("%s: %w", c.Title, err)
			}
			a.Decisions = append(a.Decisions, gate.Decide(request).Packed())
		}
		if err := encoder.Encode(a); err != nil {
			return err
		}
	}
	return nil
}

// arranged is a method with the packed call for each list of argument sorts.
type arranged struct {
	Method string            `json:"method"`
	Calls  map[string]uint32 `json:"calls"`
}

func writeArrangements(encoder *json.Encoder) error {
	lists := []string{""}
	for from := 0; len(lists[from]) < 4; from++ {
		for _, sort := range "snfoux" {
			lists = append(lists, lists[from]+string(sort))
		}
	}
	for _, m := range replay.Methods {
		a := arranged{m.Name, map[string]uint32{}}
		for _, list := range lists {
			a.Calls[list] = replay.Arrange(m.Overload, []replay.Sort(list)).Packed() | 1<<31
		}
		if err := encoder.Encode(a); err != nil {
			return err
		}
	}
	return nil
}

// text, settings and record write what package abi says that configure, settings and consent answer.
func text(problems []blocker.Problem) string {
	var all string
	for _, p := range problems {
		all += p.String() + "\n"
	}
	return all
}

func settings(gate *blocker.Gate) uint32 {
	c := gate.Config()
	word := uint32(c.Queue()) << 4
	for bit, on := range []bool{!c.IgnoreGPC, !c.IgnoreStored, c.Debug, c.CMP == nil || len(c.CMP) > 0} {
		if on {
			word |= 1 << bit
		}
	}
	return word
}

func record(gate *blocker.Gate) uint32 {
	r := gate.Consent()
	word := uint32(r.Source)<<8 | uint32(r.Model)<<12 | uint32(gate.Segment())<<14
	for c, s := range r.States {
		word |= uint32(s) << (2 * c)
	}
	return word
}
