package blocker

import (
	"github.com/segment-blocker/segment-blocker/blocker/consent"
	"github.com/segment-blocker/segment-blocker/blocker/internal/json"
)

// configParser reads a configuration and keeps going after a fault, so that one run reports all of them.
type configParser struct {
	r        *json.Reader
	config   Config
	problems []Problem
}

// ParseConfig reads the JSON configuration of the public contract. It always returns a usable Config: where a key is
// faulty, the gate stays closed for what that key was about, and a Problem names the key and the mend.
func ParseConfig(text string) (Config, []Problem) {
	p := &configParser{r: json.NewReader(text)}
	if p.r.Peek() != json.Object {
		p.broken()
		return p.config, p.problems
	}
	p.r.Object(p.key)
	if p.r.Failed() || !p.r.End() {
		p.broken()
	}
	return p.config, p.problems
}

// broken is the answer to text that is not a JSON object: whatever it meant to say, nothing opens by it. What was read
// of hosts and rules stays, because it only ever closes.
func (p *configParser) broken() {
	p.config = Config{
		Model: consent.OptIn, Requires: consent.All, IgnoreStored: true,
		Hosts: p.config.Hosts, Rules: p.config.Rules, CMP: p.config.CMP,
	}
	for i := range p.config.Rules {
		p.config.Rules[i].Needs = consent.All
	}
	p.problems = append(p.problems, Problem{
		Key:  "config",
		Text: "must be a JSON object such as {\"requires\": \"analytics\"}; until it is, every category is needed",
	})
}

// report notes a fault. After a syntax error only that error counts: what follows from it would mislead.
func (p *configParser) report(key, text string) {
	if !p.r.Failed() {
		p.problems = append(p.problems, Problem{Key: key, Text: text})
	}
}

func (p *configParser) key(key string) {
	switch key {
	case "model":
		p.model()
	case "requires":
		p.requires()
	case "cmp":
		p.cmp()
	case "categories":
		p.config.Categories = p.mappings(key)
	case "destinations":
		p.config.Destinations = p.mappings(key)
	case "hosts":
		p.hosts()
	case "rules":
		p.rules()
	case "queue":
		p.queue()
	case "storedConsent":
		p.config.IgnoreStored = !p.flag(key, false)
	case "gpc":
		p.config.IgnoreGPC = !p.flag(key, true)
	case "debug":
		p.config.Debug = p.flag(key, false)
	default:
		p.r.Skip()
		p.report(key, "unknown key; the known ones are model, cmp, categories, requires, hosts, rules, destinations, queue, storedConsent, gpc, debug")
	}
}

func (p *configParser) model() {
	m, ok := consent.ParseModel(p.word())
	if !ok {
		p.report("model", "must be \"auto\", \"opt-in\" or \"opt-out\"; until it is, the model is opt-in")
		m = consent.OptIn
	}
	p.config.Model = m
}

// requires reads what Segment itself needs. "auto" needs analytics, and more once Segment's settings are known.
func (p *configParser) requires() {
	var set consent.Set
	good := p.words(func(word string) bool {
		c, known := consent.ParseCategory(word)
		switch {
		case word == "auto":
			set |= consent.Of(consent.Analytics)
			p.config.RequiresAuto = true
		case known && c != consent.Necessary:
			set |= consent.Of(c)
		default:
			return false
		}
		return true
	})
	if !good || set == 0 {
		p.report("requires", "must be \"analytics\", \"marketing\", \"functional\", a list of them, or \"auto\"; until it is, every category is needed")
		set = consent.All
	}
	p.config.Requires = set
}

// cmp reads which consent sources to listen to. One that cannot be read, or that nobody has, is not listened to.
func (p *configParser) cmp() {
	names := []string{}
	good := p.words(func(word string) bool {
		good := word == "auto" || word == "none" || consent.Known(word)
		if good {
			names = append(names, word)
		}
		return good
	})
	if !good {
		p.report("cmp", "must be \"auto\", \"none\", an adapter's name or a list of names")
	}
	if len(names) == 1 && names[0] == "auto" {
		names = nil
	} else if len(names) == 1 && names[0] == "none" {
		names = names[:0]
	}
	p.config.CMP = names
}

// word reads a text. Any other value is skipped and gives the empty one, which is never a valid word.
func (p *configParser) word() string {
	if p.r.Peek() == json.String {
		return p.r.Str()
	}
	p.r.Skip()
	return ""
}

// words reads one word or a list of them and gives each to take. The result is false if take ever said so.
func (p *configParser) words(take func(word string) bool) bool {
	good := true
	one := func() { good = take(p.word()) && good }
	if p.r.Peek() == json.Array {
		p.r.Array(one)
	} else {
		one()
	}
	return good
}

// mappings reads an object of names with a category each. A destination whose category cannot be understood needs the
// strongest one; a CMP category that cannot be understood is left out, so that a grant of it opens nothing.
func (p *configParser) mappings(key string) []Mapping {
	var all []Mapping
	if !p.is(key, json.Object, "an object such as {\"name\": \"analytics\"}") {
		return nil
	}
	p.r.Object(func(name string) {
		c, known := p.category(key + "." + name)
		if !known && key == "destinations" {
			c, known = consent.Marketing, true
		}
		if known {
			all = append(all, Mapping{Name: name, Category: c})
		}
	})
	return all
}

// category reads a category; anything else is reported and skipped.
func (p *configParser) category(key string) (consent.Category, bool) {
	c, known := consent.ParseCategory(p.word())
	if !known {
		p.report(key, categoryWords)
	}
	return c, known
}

const categoryWords = "must be \"necessary\", \"functional\", \"analytics\" or \"marketing\""

func (p *configParser) queue() {
	if !p.is("queue", json.Object, "an object such as {\"limit\": 1000}") {
		return
	}
	p.r.Object(func(key string) {
		switch key {
		case "limit":
			n := 0
			if p.r.Peek() == json.Number {
				n = p.r.Int()
			} else {
				p.r.Skip()
			}
			if n <= 0 || n > MaxQueueLimit {
				p.report("queue.limit", "must be a whole number from 1 to 1000000; 1000 is used")
				n = 0
			}
			p.config.QueueLimit = n
		case "onDenied":
			if p.word() != "discard" {
				p.report("queue.onDenied", "must be \"discard\": what was held is never sent after a denial")
			}
		default:
			p.r.Skip()
			p.report("queue."+key, "unknown key; the known ones are limit, onDenied")
		}
	})
}

func (p *configParser) flag(key string, onFault bool) bool {
	if !p.is(key, json.Bool, "true or false") {
		return onFault
	}
	return p.r.Bool()
}

// is reports whether the next value has the wanted type; when it has not, the fault is reported and the value skipped.
func (p *configParser) is(key string, want json.Type, words string) bool {
	if p.r.Peek() == want {
		return true
	}
	p.r.Skip()
	p.report(key, "must be "+words)
	return false
}
