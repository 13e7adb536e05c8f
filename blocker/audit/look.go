package audit

import (
	"context"
	"strings"
)

// pageFacts is what the page says of itself and of its gate.
type pageFacts struct {
	Title  string
	Gate   *Gate
	Config string
	CMP    int
	Links  []Link
}

// learn asks the page for its title, its gate, its consent platform and its connection hints.
func (v *visit) learn(ctx context.Context) error {
	var facts pageFacts
	err := v.evaluateAnew(ctx, v.main, factsScript(), &facts)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.title, v.gate, v.config, v.links = facts.Title, facts.Gate, facts.Config, facts.Links
	if facts.CMP >= 0 && facts.CMP < len(cmps) {
		v.cmp = cmps[facts.CMP].Name
	}
	if v.navigations > 20 {
		v.note("The page loads itself again and again.")
	}
	return nil
}

// factsScript is one expression, so that a page that answers slowly is asked once.
func factsScript() string {
	var present strings.Builder
	for _, c := range cmps {
		present.WriteString("() => (" + c.Present + "),\n")
	}
	return `(() => {
  const own = (f) => { try { return f(); } catch { return undefined; } };
  const present = [` + present.String() + `];
  const gate = own(() => window.segmentBlocker && typeof window.segmentBlocker.setConsent === "function"
    ? { version: String(window.segmentBlocker.version), engine: String(window.segmentBlocker.engine) } : null);
  const given = own(() => window.segmentBlockerConfig === undefined
    ? document.querySelector("script[data-config]").getAttribute("data-config")
    : JSON.stringify(window.segmentBlockerConfig));
  const hints = own(() => [...document.querySelectorAll("link[rel~=preconnect i],link[rel~=dns-prefetch i]")].slice(0, 200)
    .map((l) => ({ rel: String(l.rel).slice(0, 60), url: String(l.href).slice(0, 2000) })));
  return {
    title: String(own(() => document.title) || "").slice(0, 300), gate: gate || null,
    config: typeof given === "string" ? given : "", cmp: present.findIndex((f) => own(f)), links: hints || [],
  };
})()`
}

// look compares what is stored now with what was seen being written. Errors leave a note: a run does not fail for them.
func (v *visit) look(ctx context.Context) {
	limit, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	found, err := v.stored(limit)
	v.mu.Lock()
	defer v.mu.Unlock()
	if err != nil {
		v.note("What is stored could not be read: " + err.Error() + ".")
		return
	}
	for _, w := range v.writes {
		w.left = false
	}
	for _, f := range found {
		v.mark(f)
	}
}

// mark notes that something is stored now: on the last record of its writing, or on a new one.
func (v *visit) mark(f foundThing) {
	var last *write
	for i := len(v.writeOrder) - 1; i >= 0; i-- {
		key := v.writeOrder[i]
		if key.kind == f.kind && key.name == f.name && (key.where == f.where || f.kind == "cookie" && sameSite(key.where, f.where)) {
			last = v.writes[key]
			break
		}
	}
	if last == nil {
		key := storedKey{f.kind, f.name, f.where, len(v.choices)}
		last = &write{key: key, time: v.now()}
		if told, ok := v.writers[key]; ok {
			last.time = told.time
		}
		v.writes[key] = last
		v.writeOrder = append(v.writeOrder, key)
	}
	last.left = true
	last.httpOnly = last.httpOnly || f.httpOnly
}

// sameSite is true for hosts of which one is in the other's domain: a cookie set by a subdomain is stored for its parent.
func sameSite(a, b string) bool {
	return a == b || strings.HasSuffix(a, "."+b) || strings.HasSuffix(b, "."+a)
}

type foundThing struct {
	kind, name, where string
	httpOnly          bool
}

// stored asks the browser, not the page, for every cookie, key and database.
func (v *visit) stored(ctx context.Context) ([]foundThing, error) {
	var jar struct {
		Cookies []struct {
			Name, Domain string
			HTTPOnly     bool
		}
	}
	if err := v.b.call(ctx, "", "Storage.getCookies", map[string]any{"browserContextId": v.context}, &jar); err != nil {
		return nil, err
	}
	var found []foundThing
	for _, c := range jar.Cookies {
		found = append(found, foundThing{"cookie", c.Name, strings.TrimPrefix(c.Domain, "."), c.HTTPOnly})
	}
	v.mu.Lock()
	origins := make(map[string]string, len(v.origins))
	for origin, session := range v.origins {
		origins[origin] = session
	}
	v.mu.Unlock()
	for origin, session := range origins {
		found = append(found, v.storedBy(ctx, session, origin)...)
	}
	return found, nil
}

// storedBy reads one origin. A frame that is gone by now has no answer; what it wrote was recorded when it wrote it.
func (v *visit) storedBy(ctx context.Context, session, origin string) []foundThing {
	var found []foundThing
	for _, local := range []bool{true, false} {
		var items struct{ Entries [][]string }
		id := map[string]any{"securityOrigin": origin, "isLocalStorage": local}
		if v.b.call(ctx, session, "DOMStorage.getDOMStorageItems", map[string]any{"storageId": id}, &items) == nil {
			for _, entry := range items.Entries {
				if len(entry) > 0 {
					found = append(found, foundThing{"storage", entry[0], area(local) + " of " + origin, false})
				}
			}
		}
	}
	var databases struct{ DatabaseNames []string }
	if v.b.call(ctx, session, "IndexedDB.requestDatabaseNames", map[string]any{"securityOrigin": origin}, &databases) == nil {
		for _, name := range databases.DatabaseNames {
			found = append(found, foundThing{"database", name, "IndexedDB of " + origin, false})
		}
	}
	return found
}
