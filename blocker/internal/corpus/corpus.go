// Package corpus reads testdata/decisions: what the gate must answer, in the words of the public contract. The same
// files are replayed natively and through the wasm modules.
package corpus

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// Case is one file: a gate, what its sources said in order, and what it must then answer.
type Case struct {
	Title    string          `json:"title"`
	Config   json.RawMessage `json:"config"`
	Page     string          `json:"page"`
	Signals  []Signal        `json:"signals"`
	Requests []Question      `json:"requests"`
}

// Signal is what one source says: of the categories that States names, or with Heard in its own form. With Stored it is
// what CMPs have stored, and Source is empty.
type Signal struct {
	Source string            `json:"source,omitempty"`
	States map[string]string `json:"states,omitempty"`
	Heard  *Heard            `json:"heard,omitempty"`
	Stored *Stored           `json:"stored,omitempty"`
}

// Heard is what Gate.Hear takes of a source.
type Heard struct {
	Name string `json:"name"`
	Text string `json:"text"`
	A    uint32 `json:"a"`
	B    uint32 `json:"b"`
}

// Stored is what Gate.Stored takes.
type Stored struct {
	Jar     string `json:"jar"`
	Key     string `json:"key"`
	Seconds uint32 `json:"seconds"`
}

// Question is one request and the answer to it. Target is host and path, or the name for named kinds.
type Question struct {
	Kind   string `json:"kind"`
	Target string `json:"target"`
	Want   Answer `json:"want"`
}

// Answer is a decision in words. Refusal stands only in a drop.
type Answer struct {
	Decision string `json:"decision"`
	Category string `json:"category"`
	Reason   string `json:"reason"`
	Rule     string `json:"rule"`
	Refusal  string `json:"refusal,omitempty"`
}

// Load reads every case under dir, in the order of the file names.
func Load(dir string) ([]Case, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no cases in %s: %w", dir, os.ErrNotExist)
	}
	cases := make([]Case, len(files))
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&cases[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return cases, nil
}

// Gate returns the case's gate after all its signals, and the faults of its configuration.
func (c *Case) Gate() (*blocker.Gate, []blocker.Problem, error) {
	config, problems := blocker.ParseConfig(string(c.Config))
	config.PageHost = c.Page
	gate := blocker.New(config)
	for _, s := range c.Signals {
		if err := s.Speak(gate); err != nil {
			return nil, nil, err
		}
	}
	return gate, problems, nil
}

// Speak puts the signal to the gate.
func (s Signal) Speak(gate *blocker.Gate) error {
	if s.Stored != nil {
		gate.Stored(s.Stored.Jar, s.Stored.Key, s.Stored.Seconds)
		return nil
	}
	source, err := number(consent.Sources(), s.Source)
	if err != nil {
		return err
	}
	if h := s.Heard; h != nil {
		gate.Hear(consent.Source(source), h.Name, h.Text, h.A, h.B)
	}
	var states consent.States
	var mask consent.Set
	for name, word := range s.States {
		c, ok := consent.ParseCategory(name)
		if !ok {
			return fmt.Errorf("no category %q", name)
		}
		state, err := number([]consent.State{consent.Unset, consent.Granted, consent.Denied}, word)
		if err != nil {
			return err
		}
		states[c] = consent.State(state)
		mask |= consent.Of(c)
	}
	if mask != 0 {
		gate.Set(consent.Source(source), states, mask)
	}
	return nil
}

// Request returns the question as the page would put it.
func (q Question) Request() (blocker.Request, error) {
	kind, ok := blocker.ParseKind(q.Kind)
	if !ok {
		return blocker.Request{}, fmt.Errorf("no kind %q", q.Kind)
	}
	if kind.Named() {
		return blocker.Request{Kind: kind, Name: q.Target}, nil
	}
	host, path, slash := strings.Cut(q.Target, "/")
	if slash {
		path = "/" + path
	}
	return blocker.Request{Kind: kind, Host: host, Path: path}, nil
}

// Words returns a decision the way the corpus writes it.
func Words(gate *blocker.Gate, d blocker.Decision) Answer {
	a := Answer{
		Decision: d.Action.String(), Category: d.Category.String(), Reason: d.Reason.String(), Rule: gate.RuleName(d.Rule),
	}
	if d.Action == blocker.Drop {
		a.Refusal = d.Refusal.String()
	}
	return a
}

func number[T fmt.Stringer](words []T, word string) (int, error) {
	for i, w := range words {
		if w.String() == word {
			return i, nil
		}
	}
	return 0, fmt.Errorf("no such word: %q", word)
}
