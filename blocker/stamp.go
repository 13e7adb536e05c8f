package blocker

import (
	"github.com/segment-blocker/segment-blocker/blocker/consent"
	"github.com/segment-blocker/segment-blocker/blocker/internal/json"
)

// ConsentEvent is the event that tells Segment of a change (docs "Consent in Segment Connections"); it has no properties.
const ConsentEvent = "Segment Consent Preference Updated"

// ownPreferences are what events are stamped with when the workspace names no consent categories of its own.
var ownPreferences = [...]preference{
	{"functional", consent.Of(consent.Functional)},
	{"analytics", consent.Of(consent.Analytics)},
	{"marketing", consent.Of(consent.Marketing)},
}

// Stamp appends to dst a body on its way to Segment's tracking API, a single event or a batch, with the visitor's consent
// in each event: context.consent.categoryPreferences, as Segment documents it, and integrations with false for each known
// destination that is not granted. Where there are several sources, an event says what concerns its own, by its write key. A false that is there already stays. Everything else is copied byte for byte. ok is
// false when the body is not JSON of that shape; dst is then as it was. It is as it was, and ok true, when nothing is left to
// send: events from before the last denial (Forget) are left out.
func (g *Gate) Stamp(dst []byte, body string) (out []byte, ok bool) {
	// Kept, since the module has no garbage collector and this is called for every event.
	s := &g.stamper
	*s = stamper{Editor: json.NewEditor(dst, body), gate: g}
	if s.Peek() != json.Object {
		return dst, false
	}
	old := s.event()
	if !s.Finish() {
		for i := range g.destinations {
			g.destinations[i].said = false
		}
		return dst, false
	}
	if old {
		return s.Out[:len(dst)], true
	}
	return s.Out, true
}

// Forget is told of a denial: at is when, in milliseconds since 1970 by the browser's clock. What Analytics.js made before
// and has kept since, to send it again or with others, has an identity that is erased by now, and may never be sent.
func (g *Gate) Forget(at int64) { g.forgotten = at }

type stamper struct {
	json.Editor
	gate *Gate
	// source is whose event it is; nil when that is not known.
	source *source
	ahead  json.Reader
}

// event stamps one of a source.
func (s *stamper) event() (old bool) {
	outer := s.source
	if own := s.ownSource(); own != nil {
		s.source = own
	}
	old = s.members()
	s.source = outer
	return old
}

// ownSource reads ahead for an event's write key. One source needs none.
func (s *stamper) ownSource() *source {
	if len(s.gate.sources) < 2 {
		return nil
	}
	r := &s.ahead
	*r = s.Reader
	for r.Open('{'); r.More('}'); {
		if r.Key() == "writeKey" && r.Peek() == json.String {
			return s.gate.sourceOf(r.Str())
		}
		r.Skip()
	}
	return nil
}

// members stamps an event, or a batch: then each event in it, and what the batch itself says for all of them. Metrics of
// the library are neither. It reports whether nothing of it is left to send.
func (s *stamper) members() (old bool) {
	var l json.List
	var bare, context, integrations bool
	for s.Enter(&l); s.Next(&l); {
		switch t := s.Peek(); {
		case l.Key == "batch" && t == json.Array:
			bare = true
			old = s.batch()
		case l.Key == "messageId" && t == json.String:
			old = old || madeBefore(s.Str(), s.gate.forgotten)
		case l.Key == "context" && t == json.Object:
			context = true
			s.context()
		case l.Key == "integrations" && t == json.Object:
			integrations = true
			s.integrations()
		default:
			bare = bare || l.Key == "series"
			l.Drop = l.Key == "context" || (l.Key == "integrations" && s.anyClosed())
			s.Skip()
		}
	}
	if bare {
		return old
	}
	if !context {
		s.Add(&l)
		s.Put(`"context":{"consent":`)
		s.consentAnew()
		s.Put("}")
	}
	if !integrations && s.anyClosed() {
		s.Add(&l)
		s.Put(`"integrations":{`)
		inner := json.List{}
		s.closed(&inner)
		s.Put("}")
	}
	return old
}

func (s *stamper) batch() (old bool) {
	var l json.List
	kept := false
	for s.Enter(&l); s.Next(&l); {
		if s.Peek() == json.Object {
			l.Drop = s.event()
		} else {
			s.Skip()
		}
		old = old || l.Drop
		kept = kept || !l.Drop
	}
	return old && !kept
}

// ownMessageID begins the ids that Analytics.js gives: the time in milliseconds, "-" and a random part follow
// (@segment/analytics-next, core/events). Ids of another shape do not tell when they were given.
const ownMessageID = "ajs-next-"

// madeBefore reports whether an event got its id before a time, in milliseconds since 1970; 0 is none.
func madeBefore(id string, time int64) bool {
	if time == 0 || len(id) < len(ownMessageID) || id[:len(ownMessageID)] != ownMessageID {
		return false
	}
	at := int64(0)
	for _, c := range []byte(id[len(ownMessageID):]) {
		if c == '-' {
			return at > 0 && at < time
		}
		if c < '0' || c > '9' {
			return false
		}
		at = at*10 + int64(c-'0')
	}
	return false
}

func (s *stamper) context() {
	var l json.List
	found := false
	for s.Enter(&l); s.Next(&l); {
		if l.Key != "consent" {
			s.Skip()
		} else if s.Peek() == json.Object {
			found = true
			s.consent()
		} else {
			l.Drop = true
			s.Skip()
		}
	}
	if !found {
		s.Add(&l)
		s.Put(`"consent":`)
		s.consentAnew()
	}
}

func (s *stamper) consent() {
	var l, inner json.List
	found := false
	for s.Enter(&l); s.Next(&l); {
		if l.Key != "categoryPreferences" {
			s.Skip()
		} else if s.Peek() == json.Object {
			found = true
			s.preferences(&inner)
		} else {
			l.Drop = true
			s.Skip()
		}
	}
	if !found {
		s.Add(&l)
		s.preferencesAnew()
	}
}

func (s *stamper) consentAnew() {
	s.Put("{")
	s.preferencesAnew()
	s.Put("}")
}

func (s *stamper) preferencesAnew() {
	s.Put(`"categoryPreferences":{`)
	var l json.List
	s.prefer(&l, 0)
	s.Put("}")
}

// preferences replaces those that the gate knows. One that is false already stays false.
func (s *stamper) preferences(l *json.List) {
	var refused uint64
	all := s.allPreferences()
	for s.Enter(l); s.Next(l); {
		granted := true
		if s.Peek() == json.Bool {
			granted = s.Bool()
		} else {
			s.Skip()
		}
		for i := range all {
			if all[i].name == l.Key {
				l.Drop = true
				if !granted {
					refused |= 1 << i
				}
			}
		}
	}
	s.prefer(l, refused)
}

func (s *stamper) prefer(l *json.List, refused uint64) {
	for i, p := range s.allPreferences() {
		s.Add(l)
		s.PutString(p.name)
		if refused>>i&1 == 0 && s.gate.open(p.needs) {
			s.Put(":true")
		} else {
			s.Put(":false")
		}
	}
}

func (s *stamper) integrations() {
	var l json.List
	for s.Enter(&l); s.Next(&l); {
		d := s.gate.find(l.Key)
		l.Drop = d != nil && !s.gate.open(d.needs)
		if l.Drop {
			d.said = true
		}
		s.Skip()
	}
	s.closed(&l)
}

// refuses reports whether an event is to say that a destination is not granted: one of its source's, of the configuration's, or one
// that the event itself names.
func (s *stamper) refuses(at int) bool {
	d := &s.gate.destinations[at]
	return !s.gate.open(d.needs) && (s.source == nil || d.mapped || d.said || s.source.has(at))
}

// closed adds a false for each destination that is not granted.
func (s *stamper) closed(l *json.List) {
	for i := range s.gate.destinations {
		d := &s.gate.destinations[i]
		refused := s.refuses(i)
		d.said = false
		if !refused {
			continue
		}
		s.refuse(l, d.name)
		if d.other != "" {
			s.refuse(l, d.other)
		}
	}
}

func (s *stamper) refuse(l *json.List, name string) {
	s.Add(l)
	s.PutString(name)
	s.Put(":false")
}

func (s *stamper) allPreferences() []preference {
	all := s.gate.preferences
	if s.source != nil {
		all = s.source.preferences
	}
	if len(all) > 0 {
		return all
	}
	return ownPreferences[:]
}

func (s *stamper) anyClosed() bool {
	for i := range s.gate.destinations {
		if s.refuses(i) {
			return true
		}
	}
	return false
}
