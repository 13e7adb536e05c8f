package blocker_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

func TestTheNameOfACookieString(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"a":                                 "a",
		"a=":                                "a",
		"a=1":                               "a",
		"a=1; path=/; domain=x":             "a",
		"a=1=2":                             "a",
		"a;b=1":                             "a",
		" a =1":                             "a",
		"\ta\t=1":                           "a",
		" \t a b \t =1":                     "a b",
		"ajs_user_id=%22x%22; SameSite=Lax": "ajs_user_id",
		"s%3Acontext.referrer={\"id\":1}":   "s%3Acontext.referrer",
		// Without a name the value starts what is read back: "=ajs_user_id=1" comes back as "ajs_user_id=1".
		"=ajs_user_id":     "ajs_user_id",
		"=ajs_user_id=1":   "ajs_user_id",
		" = ajs_user_id=1": "ajs_user_id",
		"==ajs_user_id=1":  "ajs_user_id",
		"=":                "",
		"=;ajs_user_id=1":  "",
		";ajs_user_id=1":   "",
		"a\n=1":            "a\n",
		"é=1":              "é",
	} {
		t.Run(text, func(t *testing.T) {
			assert.Equal(t, want, blocker.CookieName(blocker.Cookie, text))
		})
	}
}

func TestNamesOfOtherKindsAreTakenAsTheyAre(t *testing.T) {
	for _, kind := range []blocker.Kind{blocker.Storage, blocker.Database} {
		for _, text := range []string{"", " a =1; b", "=a"} {
			assert.Equal(t, text, blocker.CookieName(kind, text))
		}
	}
}

func TestMaskingACookieList(t *testing.T) {
	gate := blocker.New(blocker.Config{Rules: []blocker.Rule{{Cookie: "_x*", Needs: marketing}}})
	gate.Set(consent.CMP, choice(unset, unset, denied), consent.All)
	for _, c := range []struct {
		text, want string
		changed    bool
	}{
		{"", "", false},
		{"cart=1", "cart=1", false},
		{"cart=1; lang=en", "cart=1; lang=en", false},
		{"ajs_user_id=1", "", true},
		{"ajs_user_id=1; ajs_anonymous_id=2", "", true},
		{"cart=1; ajs_user_id=1", "cart=1", true},
		{"ajs_user_id=1; cart=1", "cart=1", true},
		{"cart=1; ajs_user_id=1; lang=en", "cart=1; lang=en", true},
		{"a=1; _x=1; b=2; _xy=2; c=3; __tld__=1; d=4", "a=1; b=2; c=3; d=4", true},
		{"cart=1;ajs_user_id=1;lang=en", "cart=1; lang=en", true},
		{"cart=a=b;c; ajs_user_id=1", "cart=a=b; c", true},
		{"nameless; ajs_user_id=1", "nameless", true},
		{"ajs_user_id", "", true},
		{"=ajs_user_id=1; cart=1", "cart=1", true},
		{"cart=ajs_user_id=1", "cart=ajs_user_id=1", false},
		{"xajs_user_id=1", "xajs_user_id=1", false},
		{"tracking-preferences={\"version\":1}; ajs_user_id=1", "tracking-preferences={\"version\":1}", true},
		{"cart=\"ü\"; ajs_user_id=1; x=\xff", "cart=\"ü\"; x=\xff", true},
	} {
		t.Run(c.text, func(t *testing.T) {
			got, changed := gate.MaskCookies(c.text)
			assert.Equal(t, c.want, got)
			assert.Equal(t, c.changed, changed)
		})
	}
}

func TestMaskingTakesNothingOnceEverythingIsGranted(t *testing.T) {
	gate := blocker.New(blocker.Config{})
	gate.Set(consent.CMP, choice(granted, granted, granted), consent.All)
	text := "ajs_user_id=1;ajs_anonymous_id=2 ; ;cart"
	got, changed := gate.MaskCookies(text)
	assert.Equal(t, text, got)
	assert.False(t, changed)
}

func TestMaskingTakesExactlyWhatMayNotBeRead(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	gate := blocker.New(blocker.Config{Rules: []blocker.Rule{{Cookie: "_x*", Needs: marketing}}})
	names := []string{"cart", "ajs_user_id", "ajs_anonymous_id", "_x1", "lang", "seg_xid", "seg", "a b", "é", "__tld__"}
	values := []string{"", "1", "a=b", "%22x%22", "ajs_user_id", "é", "\"quoted text\"", "\xff"}
	masked := 0
	for range 20_000 {
		var list, want []string
		for range random.IntN(7) {
			cookie := names[random.IntN(len(names))]
			if random.IntN(8) > 0 {
				cookie += "=" + values[random.IntN(len(values))]
			}
			list = append(list, cookie)
			if gate.Decide(blocker.Request{Kind: blocker.Cookie, Name: cookie}).Action == blocker.Allow {
				want = append(want, cookie)
			}
		}
		text := strings.Join(list, "; ")
		got, changed := gate.MaskCookies(text)
		if !assert.Equal(t, strings.Join(want, "; "), got, "of %q", text) ||
			!assert.Equal(t, len(want) != len(list), changed, "of %q", text) {
			return
		}
		if changed {
			masked++
		}
	}
	assert.Greater(t, masked, 5000, "the sample must hold lists that are masked")
}

// FuzzMaskCookies takes any text for a list: nothing that may not be read is left, and all else is, in order.
func FuzzMaskCookies(f *testing.F) {
	f.Add("cart=1; ajs_user_id=1; lang=en")
	f.Add("=ajs_user_id;; ;=;a")
	f.Add("ajs_user_id=1;")
	gate := blocker.New(blocker.Config{})
	f.Fuzz(func(t *testing.T, text string) {
		got, changed := gate.MaskCookies(text)
		want := readable(gate, text)
		assert.Equal(t, want, readable(gate, got))
		assert.Equal(t, want, parts(got))
		assert.Equal(t, len(want) != len(parts(text)), changed)
		if !changed {
			assert.Equal(t, text, got)
		}
	})
}

func readable(gate *blocker.Gate, text string) []string {
	all := []string{}
	for _, part := range parts(text) {
		if gate.Decide(blocker.Request{Kind: blocker.Cookie, Name: part}).Action == blocker.Allow {
			all = append(all, part)
		}
	}
	return all
}

// parts are the cookies of a list, without the spaces around them.
func parts(text string) []string {
	all := []string{}
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.Trim(part, " "); part != "" {
			all = append(all, part)
		}
	}
	return all
}
