package blocker

import "github.com/segment-blocker/segment-blocker/blocker/consent"

// source is what settings say of one source of Segment's: of several on a page, each with a write key of its own, each has its
// own destinations and its own words for consent.
type source struct {
	// key is the write key that Analytics.js starts with, api the one that its events carry.
	key, api string
	// texts are the settings, and such as came later and name further destinations: those that a site has changed, or has brought
	// along. What was narrowed already names nothing further.
	texts       []string
	uses        []use
	preferences []preference
}

// use is a destination of a source.
type use struct {
	// at is the destination's place among the gate's, text that of the text which names it first among the source's.
	at, text int
	// needs is what its own consentSettings say, if mapped.
	needs  consent.Set
	mapped bool
	// now is set when the text that was read last names it, old while the settings that are read have not told of it yet, in when
	// Analytics.js was shown it.
	now, old, in bool
}

// sourceOf returns the source of a write key, be it the one that Analytics.js starts with or one of events; nil when there is none.
func (g *Gate) sourceOf(key string) *source {
	for _, s := range g.sources {
		if s.key == key || (s.api == key && key != "") {
			return s
		}
	}
	return nil
}

// sourceFor is the same for settings that came from a path, or with a write key; new if need be.
func (g *Gate) sourceFor(from string) *source {
	key := folderOf(from)
	if key == "" {
		key = from
	}
	for _, s := range g.sources {
		if s.key == key {
			return s
		}
	}
	s := &source{key: copied(key)}
	g.sources = append(g.sources, s)
	return s
}

// keep returns a copy of settings that stays; none is made of those that are kept already.
func (s *source) keep(settings string) string {
	for _, text := range s.texts {
		if text == settings {
			return text
		}
	}
	return copied(settings)
}

func copied(text string) string { return string([]byte(text)) }

// has reports whether a source has a destination.
func (s *source) has(at int) bool { return s.use(at) != nil }

func (s *source) use(at int) *use {
	for i := range s.uses {
		if s.uses[i].at == at {
			return &s.uses[i]
		}
	}
	return nil
}

// name takes in that the source's settings name a destination.
func (g *Gate) name(s *source, name string) *use {
	at := g.add(name)
	g.destinations[at].seen = true
	u := s.use(at)
	if u == nil {
		s.uses = append(s.uses, use{at: at, text: len(s.texts)})
		u = &s.uses[len(s.uses)-1]
	}
	u.now = true
	return u
}

// settle says what each destination needs: where several sources have it, what any of them says.
func (g *Gate) settle() {
	for i := range g.destinations {
		d := &g.destinations[i]
		d.vendor = vendorOf(d.name, d.other, d.folder)
		base, ground := g.ground(d.name, d.other, d.folder)
		var needs consent.Set
		for _, s := range g.sources {
			if u := s.use(i); u == nil {
				continue
			} else if u.mapped {
				needs, ground = needs|u.needs, ruleSettings
			} else {
				needs |= base
			}
		}
		if needs == 0 {
			needs = base
		}
		d.needs, d.ground = needs, ground
	}
	g.preferences = g.preferences[:0]
	for _, s := range g.sources {
		for _, p := range s.preferences {
			g.prefer(p)
		}
	}
	g.fix()
}

// prefer adds a category to those of all workspaces.
func (g *Gate) prefer(p preference) {
	for _, known := range g.preferences {
		if known.name == p.name {
			return
		}
	}
	if len(g.preferences) < maxPreferences {
		g.preferences = append(g.preferences, p)
	}
}
