package replay_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker/replay"
)

// Each case is a call of Segment's documentation, by the sorts of its arguments, and where each argument belongs. In
// want a letter's place is its slot: "a" is the first argument, "-" is nothing given.
func TestEveryOverloadFindsItsPlaces(t *testing.T) {
	for _, c := range []struct{ call, method, sorts, want string }{
		{"track(name)", "track", "s", "a---"},
		{"track(name, properties)", "track", "so", "ab--"},
		{"track(name, properties, options)", "track", "soo", "abc-"},
		{"track(name, properties, options, callback)", "track", "soof", "abcd"},
		{"track(name, properties, callback)", "track", "sof", "ab-c"},
		{"track(name, callback)", "track", "sf", "a--b"},
		{"track(name, undefined, options)", "track", "suo", "a-c-"},
		{"track(name, null, null, callback)", "track", "suuf", "a--d"},
		{"track(name, a list for properties)", "track", "sx", "a---"},
		{"track(event)", "track", "o", "a--"},
		{"track(event, options)", "track", "oo", "ab-"},
		{"track(event, options, callback)", "track", "oof", "abc"},
		{"track(event, callback)", "track", "of", "a-b"},
		{"track(event, callback, options)", "track", "ofo", "acb"},
		{"track()", "track", "", "----"},
		{"track(a number), which is rejected", "track", "n", "a---"},
		{"page()", "page", "", "-----"},
		{"page(name)", "page", "s", "-a---"},
		{"page(category, name)", "page", "ss", "ab---"},
		{"page(properties)", "page", "o", "--a--"},
		{"page(properties, options)", "page", "oo", "--ab-"},
		{"page(properties, options, callback)", "page", "oof", "--abc"},
		{"page(name, properties)", "page", "so", "-ab--"},
		{"page(name, properties, options)", "page", "soo", "-abc-"},
		{"page(name, properties, options, callback)", "page", "soof", "-abcd"},
		{"page(category, name, properties)", "page", "sso", "abc--"},
		{"page(category, name, properties, options)", "page", "ssoo", "abcd-"},
		{"page(category, name, properties, options, callback)", "page", "ssoof", "abcde"},
		{"page(category, name, callback)", "page", "ssf", "ab--c"},
		{"page(name, callback)", "page", "sf", "-a--b"},
		{"page(callback)", "page", "f", "----a"},
		{"page(null, name)", "page", "us", "-b---"},
		{"page(null, null, properties)", "page", "uuo", "--c--"},
		{"page(null, null, null, options)", "page", "uuuo", "---d-"},
		{"page(category, name, null, options)", "page", "ssuo", "ab-d-"},
		{"page(category, properties, a text)", "page", "sos", "abc--"},
		{"page(three texts)", "page", "sss", "-----"},
		{"screen(name, properties)", "screen", "so", "-ab--"},
		{"identify()", "identify", "", "----"},
		{"identify(id)", "identify", "s", "a---"},
		{"identify(a number)", "identify", "n", "a---"},
		{"identify(id, traits)", "identify", "so", "ab--"},
		{"identify(id, traits, options)", "identify", "soo", "abc-"},
		{"identify(id, traits, options, callback)", "identify", "soof", "abcd"},
		{"identify(id, traits, callback)", "identify", "sof", "ab-c"},
		{"identify(id, callback)", "identify", "sf", "a--b"},
		{"identify(traits)", "identify", "o", "-a--"},
		{"identify(traits, options)", "identify", "oo", "-ab-"},
		{"identify(traits, options, callback)", "identify", "oof", "-abc"},
		{"identify(traits, callback)", "identify", "of", "-a-b"},
		{"identify(callback)", "identify", "f", "---a"},
		{"identify(null, traits)", "identify", "uo", "-b--"},
		{"identify(null, null, options)", "identify", "uuo", "--c-"},
		{"identify(id, null, options)", "identify", "suo", "a-c-"},
		{"group(id, traits)", "group", "so", "ab--"},
		{"alias(to)", "alias", "s", "a---"},
		{"alias(to, from)", "alias", "ss", "ab--"},
		{"alias(to, from, options, callback)", "alias", "ssof", "abcd"},
		{"alias(numbers)", "alias", "nn", "ab--"},
		{"alias(to, options)", "alias", "so", "a-b-"},
		{"alias(to, callback)", "alias", "sf", "a--b"},
		{"alias(null, from), where the one text is the id", "alias", "us", "b---"},
		{"reset()", "reset", "", ""},
		{"setAnonymousId(id, options)", "setAnonymousId", "so", "ab"},
	} {
		t.Run(c.call, func(t *testing.T) {
			method := replay.Methods[replay.Find(c.method)]
			call := replay.Arrange(method.Overload, []replay.Sort(c.sorts))
			assert.Equal(t, c.want, places(call))
			if method.Event {
				assert.EqualValues(t, call.Count-2, call.Options, "options stand before the callback")
				assert.EqualValues(t, call.Count-1, call.Callback, "the callback stands last")
			} else {
				assert.EqualValues(t, replay.None, call.Options, "no event, no options of ours")
				assert.EqualValues(t, replay.None, call.Callback)
			}
		})
	}
}

func TestACallIsPackedBitByBit(t *testing.T) {
	for _, c := range []struct {
		title string
		call  replay.Call
		want  uint32
	}{
		{"nothing given", replay.Call{Options: replay.None, Callback: replay.None}, 7<<23 | 7<<26},
		{"slots", replay.Call{Slots: [5]int8{1, 2, 3, 4, 14}}, 0xe4321},
		{"empty slots", replay.Call{Slots: [5]int8{-1, -1, -1, -1, -1}}, 0xfffff},
		{"count", replay.Call{Count: 5}, 5 << 20},
		{"options", replay.Call{Options: 3}, 3 << 23},
		{"callback", replay.Call{Callback: 4}, 4 << 26},
	} {
		t.Run(c.title, func(t *testing.T) {
			assert.Equal(t, c.want, c.call.Packed())
		})
	}
}

// Whatever is called, no slot names an argument that is not there, and what is packed can be read back.
func TestAnyListOfArgumentsFitsIntoOneWord(t *testing.T) {
	for _, m := range replay.Methods {
		for _, list := range append(lists(4), strings.Repeat("x", 14)+"f", strings.Repeat("x", 20)+"f", strings.Repeat("so", 500)) {
			call := replay.Arrange(m.Overload, []replay.Sort(list))
			assert.LessOrEqual(t, int(call.Count), len(call.Slots))
			word := call.Packed()
			for i := range int(call.Count) {
				slot := call.Slots[i]
				assert.Less(t, int(slot), len(list), "%s(%s)", m.Name, list)
				assert.EqualValues(t, slot&15, word>>(4*i)&15, "%s(%s)", m.Name, list)
				assert.LessOrEqual(t, slot, int8(14), "%s(%s)", m.Name, list)
			}
			assert.EqualValues(t, call.Count, word>>20&7)
		}
	}
}

func TestMethodsAreFoundByTheirNames(t *testing.T) {
	seen := map[string]bool{}
	for i, m := range replay.Methods {
		assert.Equal(t, i, replay.Find(m.Name))
		assert.False(t, seen[m.Name], "two methods called %s", m.Name)
		seen[m.Name] = true
		assert.Equal(t, m.Event, m.Overload != replay.Plain, "%s: an event has places, and only an event", m.Name)
	}
	for _, name := range []string{"", "Track", "trackSubmit", "ready", "on", "load", "addSourceMiddleware", "user"} {
		assert.Equal(t, -1, replay.Find(name), name)
	}
}

func BenchmarkArrange(b *testing.B) {
	for _, c := range []struct{ method, sorts string }{
		{"track", "soo"}, {"page", "ssoof"}, {"identify", "soof"}, {"alias", "ssof"}, {"reset", ""},
	} {
		overload, args := replay.Methods[replay.Find(c.method)].Overload, []replay.Sort(c.sorts)
		b.Run(c.method, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				replay.Arrange(overload, args)
			}
		})
	}
}

func places(c replay.Call) string {
	var b strings.Builder
	for _, slot := range c.Slots[:c.Count] {
		if slot == replay.None {
			b.WriteByte('-')
		} else {
			b.WriteByte('a' + byte(slot))
		}
	}
	return b.String()
}
