package consent_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// pieces are what a stored value may be damaged with.
var pieces = []string{
	"", "\x00", " ", "?", "%", "\"", "\\", "{", "}", "[", "]", ",", ":", ";", "=", "&", "!", "|", ".", "*", "%22", "%25", "\xff",
}

// No garbled or cut variant of a stored value grants what the whole did not. A state itself may not be rewritten, of
// course: "0" and "1" differ by a bit.
func TestGarbledValuesGrantNothingMore(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 17))
	for _, s := range samples(t) {
		if s.Fragile != "" {
			continue
		}
		t.Run(s.CMP+": "+s.Title, func(t *testing.T) {
			d := s.damage()
			for range 40 {
				d.check(t, 0, random.IntN(len(d.jar)), "")
			}
			for range 80 {
				from := random.IntN(len(d.jar))
				d.check(t, from, from+random.IntN(2), pieces[random.IntN(len(pieces))])
			}
		})
	}
}

// damage is what is done to the jar of a sample.
type damage struct {
	sample
	jar   string
	whole consent.Set // what the jar grants
}

func (s *sample) damage() *damage {
	jar := s.jar()
	return &damage{*s, jar, grants(told(read(s.reader(), jar, "", s.now())))}
}

// check replaces a piece of the jar, or leaves out what follows if the piece starts at 0.
func (d *damage) check(t *testing.T, from, to int, piece string) {
	damaged := d.jar[:from] + piece + d.jar[to:]
	if from == 0 {
		damaged = d.jar[:to]
	}
	got := told(read(d.reader(), damaged, "", d.now()))
	if grants(got)&^d.whole != 0 {
		require.Fail(t, "grants more", "%q\n%q\n%v", d.jar, damaged, got)
	}
}

func FuzzGarbled(f *testing.F) {
	var all []*damage
	for i, s := range samples(f) {
		if s.Fragile == "" {
			all = append(all, s.damage())
			f.Add(uint16(i), uint16(30), uint16(31), uint8(1))
		}
	}
	f.Fuzz(func(t *testing.T, index, from, to uint16, piece uint8) {
		d := all[int(index)%len(all)]
		begin := int(from) % len(d.jar)
		if end := min(int(to)%(len(d.jar)+1), begin+1); end >= begin {
			d.check(t, begin, end, pieces[int(piece)%len(pieces)])
		}
	})
}

// grants returns the categories that are granted.
func grants(states consent.States) (set consent.Set) {
	for _, c := range consent.Categories() {
		if c != consent.Necessary && states[c] == granted {
			set |= consent.Of(c)
		}
	}
	return set
}

// Two choices in one jar, of any CMPs: the stricter one counts.
func TestTwoChoicesAreNeverWeakerThanOne(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	var all []sample
	for _, s := range samples(t) {
		if s.Want != nil && s.Words == nil && s.Now == "" && !s.standard() {
			all = append(all, s)
		}
	}
	for range 4000 {
		a, b := all[random.IntN(len(all))], all[random.IntN(len(all))]
		if overlap(a.keys(), b.keys()) {
			continue
		}
		both := told(read(&consent.Reader{}, a.jar()+"; "+b.jar(), "", a.now()))
		for c, state := range both {
			want := max(states(a.Want)[c], states(b.Want)[c])
			assert.Equal(t, want, state, "%s: %s, and %s: %s", a.CMP, a.Title, b.CMP, b.Title)
		}
	}
}

// overlap reports whether two jars share a cookie, or would complete each other.
func overlap(a, b []string) bool {
	prefix := func(key string) string { return strings.SplitN(key, "_", 2)[0] }
	return slices.ContainsFunc(a, func(key string) bool {
		return slices.ContainsFunc(b, func(other string) bool { return prefix(key) == prefix(other) })
	})
}

func FuzzStored(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.jar(), s.keys()[0], s.now())
	}
	f.Add("a;;=;b=%", "", int64(0))
	f.Add(strings.Repeat("klaro=[[{\"a\":%255B", 50), "klaro", int64(-1))
	f.Fuzz(func(t *testing.T, jar, key string, now int64) {
		r := &consent.Reader{Words: []consent.Mapping{{Name: "x", Category: consent.Analytics}, {Name: "tcf:7", Category: consent.Analytics}}}
		signals := read(r, jar, key, now)
		assert.Equal(t, signals, read(r, jar, key, now), "the same jar, the same answer")
		numbers := map[uint8]bool{}
		for _, s := range signals {
			assert.True(t, s.Source.Valid() && s.Source != consent.API && s.Source != consent.GPC && s.Source != consent.GCM)
			assert.Equal(t, consent.Auto, s.Model)
			assert.Equal(t, unset, s.States[consent.Necessary])
			if s.Source == consent.CMP {
				assert.False(t, numbers[s.CMP], "one signal for a row")
				numbers[s.CMP] = true
				assert.Equal(t, key == "", s.Stored)
				assert.True(t, key != "" || s.States != consent.States{})
			} else {
				assert.True(t, s.Stored)
			}
		}
		if key != "" && !r.Keeps(key) {
			assert.Empty(t, signals)
		}
	})
}

// What a jar costs is bounded by its size, whatever it claims; nothing is allocated that does not end with the reading.
func TestHostileJarsAreReadInTime(t *testing.T) {
	long := strings.Repeat
	for title, value := range map[string]string{
		"percents":             long("%25", 10_000),
		"nested pairs":         long("a:", 10_000),
		"nested queries":       long("a=&", 10_000),
		"lists":                long(",", 10_000),
		"brackets":             long("[", 10_000),
		"objects":              long(`{"a":`, 5_000),
		"many keys":            `{"a":1` + long(`,"a":1`, 3_000) + "}",
		"long keys":            `{"` + long("k", 10_000) + `":{"` + long("k", 10_000) + `":1}}`,
		"strings in strings":   `{"a":"` + long(`[`, 10_000) + `"}`,
		"base64":               "eyJ" + long("A", 10_000),
		"base64 of base64":     "eyJ" + long("eyJ", 5_000),
		"escapes":              `{"a":"` + long(`\u0025`, 3_000) + `"}`,
		"stars":                long("*.", 5_000),
		"a string of the TCF":  "C" + long("A", 10_000),
		"a string of GPP":      "DBA" + long("~A", 5_000),
		"pairs of everything":  long("a:1,b=2!c:3|d&", 10_000),
		"percents and queries": long("%26a%3D", 2_000),
	} {
		t.Run(title, func(t *testing.T) {
			var jar []string
			for _, key := range []string{
				"klaro", "CookieConsent", "OptanonConsent", "c15t", "didomi_token", "_iub_cs-1", "ppms_privacy_x", "ucData", "__gpp",
				"euconsent-v2", "tarteaucitron", "uc_settings", "cmplz_x",
			} {
				jar = append(jar, key+"="+value)
			}
			r := &consent.Reader{}
			assert.Empty(t, read(r, strings.Join(jar, "; "), "", 1795435200000))
		})
	}
}

func TestASecondReadingAllocatesLittle(t *testing.T) {
	for _, s := range samples(t) {
		if len(s.Words) > 0 {
			continue
		}
		t.Run(s.CMP+": "+s.Title, func(t *testing.T) {
			r, jar, now := s.reader(), s.jar(), s.now()
			nobody := func(*consent.Signal) {}
			r.Stored(jar, "", now, nobody)
			allocs := testing.AllocsPerRun(5, func() { r.Stored(jar, "", now, nobody) })
			assert.Less(t, allocs, 60.0, "readers and closures for JSON, nothing else")
			if !strings.ContainsAny(jar, "{%") && !strings.Contains(jar, "eyJ") {
				assert.Zero(t, allocs)
			}
		})
	}
}
