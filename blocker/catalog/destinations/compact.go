package destinations

import (
	"slices"
	"strings"

	"github.com/segment-blocker/segment-blocker/blocker/catalog"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// manyServices are domains whose subdomains belong to more than one tool, or to the vendor's own site: there a host
// stands for itself alone.
const manyServices = " cloudfront.net amazonaws.com jsdelivr.net herokuapp.com google.com doubleclick.net googlesyndication.com " +
	"facebook.com linkedin.com twitter.com x.com reddit.com bing.com bing.net tiktok.com snapchat.com yandex.com yandex.ru " +
	"intercom.com stripe.com hubspot.com zdassets.com braze.com stripe.network quora.com segment.com "

// delivery are the domains of content delivery networks. What is loaded from there can be told from others' files by
// nothing but a random name, and it has been loaded once consent is withdrawn: what it sends goes elsewhere.
const delivery = " cloudfront.net jsdelivr.net "

// vendor is what one line of the compact table says.
type vendor struct {
	category byte
	stems    []string
	hosts    []string
	names    []string
}

// Compact writes the table for the engine in the page, a line a vendor (see catalog.Vendors). Names become stems, hosts
// become the domain where that is the vendor's alone. Left out are marketing destinations of which no host and name is
// known, since what is unknown needs marketing anyway; names too short to be one vendor's; and those in MoreCookies, which
// nobody has written down: by these names things are erased.
func Compact() string {
	byStem := map[string]*vendor{}
	var vendors []*vendor
	for _, d := range All() {
		var v *vendor
		for _, name := range d.Names() {
			if found := byStem[Stem(name)]; found != nil {
				v = found
			}
		}
		if v == nil {
			v = &vendor{category: letter(d.Category)}
			vendors = append(vendors, v)
		}
		for _, name := range d.Names() {
			if stem := Stem(name); byStem[stem] == nil {
				byStem[stem] = v
				v.stems = append(v.stems, stem)
			}
		}
		for _, host := range strings.Fields(d.Hosts + " " + d.MoreHosts) {
			if host = domain(host); !strings.Contains(delivery, " "+host[strings.IndexByte(host, '.')+1:]+" ") {
				v.hosts = append(v.hosts, host)
			}
		}
		for _, name := range strings.Fields(d.Cookies) {
			v.add(name)
		}
	}
	// Vendors of which the same is known share a line.
	stems := map[string][]string{}
	for _, v := range vendors {
		if rest, ok := v.rest(); ok {
			stems[rest] = append(stems[rest], v.stems...)
		}
	}
	var lines []string
	for rest, all := range stems {
		lines = append(lines, line(sortedSet(all), rest))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

func letter(c consent.Category) byte { return c.String()[0] }

// choices are parts of names that record what a visitor has chosen: an objection is not erased.
var choices = []string{"optout", "opt_out", "opt_in", "consent"}

// add takes a cookie's or key's name in, unless it is so short that others may use it too, or Segment's own, or a choice.
func (v *vendor) add(name string) {
	for _, choice := range choices {
		if strings.Contains(strings.ToLower(name), choice) {
			return
		}
	}
	literal := strings.ReplaceAll(name, "*", "")
	if len(literal) <= 4 && literal[0] != '_' {
		return
	}
	if catalog.FindCookie(name) < 0 && catalog.FindStorageKey(name) < 0 {
		v.names = append(v.names, name)
	}
}

// rest is the vendor's line without its stems; ok is false when nothing need be known.
func (v *vendor) rest() (text string, ok bool) {
	hosts, names := sortedSet(v.hosts), covered(sortedSet(append(v.names, families(v.names)...)))
	if v.category == 'm' && len(hosts)+len(names) == 0 {
		return "", false
	}
	fields := append([]string{string(v.category)}, hosts...)
	for _, name := range names {
		fields = append(fields, "="+name)
	}
	return strings.Join(fields, " "), true
}

// line joins stems and rest. Hosts of two labels that start with the first stem lose it.
func line(stems []string, rest string) string {
	fields := strings.Fields(rest)
	for i, field := range fields {
		if end, ok := strings.CutPrefix(field, stems[0]+"."); ok && !strings.Contains(end, ".") {
			fields[i] = "." + end
		}
	}
	fields[0] += strings.Join(stems, "/")
	return strings.Join(fields, " ")
}

// families are patterns for names of which at least three begin alike, with five characters or more and one of them no
// letter, so that no plain word becomes a pattern.
func families(names []string) []string {
	const shortest, fewest = 5, 3
	groups := map[string][]string{}
	for _, name := range names {
		literal, _, _ := strings.Cut(name, "*")
		if len(literal) >= shortest && strings.ContainsAny(literal[:shortest], "._-") {
			groups[literal[:shortest]] = append(groups[literal[:shortest]], literal)
		}
	}
	var found []string
	for _, group := range groups {
		if len(group) < fewest {
			continue
		}
		prefix := group[0]
		for _, name := range group {
			for !strings.HasPrefix(name, prefix) {
				prefix = prefix[:len(prefix)-1]
			}
		}
		found = append(found, prefix+"*")
	}
	return found
}

func sortedSet(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// covered leaves out what another pattern of the list covers.
func covered(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return slices.ContainsFunc(names, func(other string) bool { return other != name && catalog.Glob(other, name) })
	})
}

// domain is what covers the host and is still the vendor's alone: the part after a wildcard, and the last two labels where
// nobody else stands under them.
func domain(host string) string {
	if star := strings.LastIndexByte(host, '*'); star >= 0 {
		host = host[star+strings.IndexByte(host[star:], '.')+1:]
	}
	labels := strings.Split(host, ".")
	if len(labels) < 2 {
		return host
	}
	last := strings.Join(labels[len(labels)-2:], ".")
	if strings.Contains(manyServices, " "+last+" ") {
		return host
	}
	return last
}

// Stem is the text that all names of one vendor's destinations share; see catalog.SameStem.
func Stem(name string) string {
	var b strings.Builder
	s := catalog.Stemmer{Text: name}
	for c := s.Next(); c != 0; c = s.Next() {
		b.WriteByte(c)
	}
	return b.String()
}
