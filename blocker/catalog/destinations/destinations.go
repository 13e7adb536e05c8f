// Package destinations is the one table of Segment's destinations: under which names they stand in a source's
// settings, the folder of their code, how they run, the consent category they need, and what they leave in a browser.
//
// Sources: the repositories segmentio/analytics.js-integrations at dc983592 and segmentio/action-destinations at
// 970a17ee for names, folders and the hosts in Hosts; segmentio/segment-docs at 747b35d8 for the names of cloud
// destinations and for what each is for, from which the category is proposed here (Segment gives none); the Open
// Cookie Database (jkwakman/Open-Cookie-Database) for Cookies. MoreHosts and MoreCookies are general knowledge of the
// vendors' own scripts and read in neither.
//
// The table is large and only servers and tests read it. What the engine in the page needs is Compact, which
// catalog.Vendors holds; the test of this package fails when the two differ, and writes it when run with -update.
package destinations

import (
	"strings"

	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// Mode is where a destination's code runs.
type Mode uint8

// Classic and Action run in the page (device mode), from Segment's CDN: from /next-integrations/integrations/SLUG and
// from /next-integrations/actions/SLUG. Cloud has no code in the page.
const (
	Classic Mode = iota
	Action
	Cloud
)

// String returns "classic", "action" or "cloud".
func (m Mode) String() string { return [...]string{"classic", "action", "cloud"}[m] }

// Destination is one row. Lists are separated by a space, Aliases by '|'.
type Destination struct {
	// Creation is the key in the settings' integrations and the creationName of a remote plugin.
	Creation string
	// Name is what Segment calls it now, where that is another name.
	Name string
	// Aliases are further names it has had.
	Aliases string
	// Slug is the folder of its code in URLs; empty for cloud destinations.
	Slug string
	// Mode is where it runs. The table's three files give it.
	Mode Mode
	// Category is what it needs by default.
	Category consent.Category
	// Hosts are those its integration's source names, MoreHosts those its vendor is known to use. One '*' stands for any
	// run of characters.
	Hosts, MoreHosts string
	// Cookies are names of cookies and storage keys that the Open Cookie Database lists, MoreCookies others that the
	// vendor is known to write. One '*' stands for any run of characters.
	Cookies, MoreCookies string
}

// All lists every destination: classic, action, cloud, each sorted by its creation name.
func All() []Destination {
	var all []Destination
	for mode, table := range [][]Destination{classic, actions, cloud} {
		for _, d := range table {
			d.Mode = Mode(mode)
			if d.Name == "" {
				d.Name = d.Creation
			}
			all = append(all, d)
		}
	}
	return all
}

// Names lists every name the destination may have in settings, its slug last.
func (d Destination) Names() []string {
	names := []string{d.Creation, d.Name}
	if d.Aliases != "" {
		names = append(names, strings.Split(d.Aliases, "|")...)
	}
	if d.Slug != "" {
		names = append(names, d.Slug)
	}
	return names
}
