package consent_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

func live(r *consent.Reader, cmp, words string, decided bool) consent.Signal {
	s := consent.Signal{Stored: true, States: consent.States{unset, granted, granted, granted}, Model: consent.OptOut}
	r.Live(cmp, words, decided, &s)
	return s
}

func TestWhatACMPSaysOfItself(t *testing.T) {
	for _, c := range []struct {
		cmp, words string
		want       consent.States
	}{
		{"cookiebot", `{"necessary":true,"preferences":false,"statistics":true,"marketing":false}`, consent.States{unset, denied, granted, denied}},
		{"onetrust", `{"C0001":true,"C0002":true,"C0003":true,"C0004":false}`, consent.States{unset, granted, granted, denied}},
		{"onetrust", `["C0001","C0002"]`, consent.States{unset, denied, granted, denied}},
		{"onetrust", ",C0001,C0003,", consent.States{unset, granted, denied, denied}},
		{"onetrust", ",C0001,", consent.States{unset, denied, denied, denied}},
		{"onetrust", `{"C0002":null,"C0004":"wait"}`, consent.States{}},
		{"osano", `{"ESSENTIAL":"ACCEPT","ANALYTICS":"ACCEPT","MARKETING":"DENY","PERSONALIZATION":"ACCEPT","OPT_OUT":"DENY"}`, consent.States{unset, granted, granted, denied}},
		{"transcend", `{"Analytics":"Auto","Advertising":true}`, consent.States{unset, unset, unset, granted}},
		{"didomi", `{"cookies":true,"measure_content_performance":true,"create_ads_profile":true,"select_personalized_ads":false}`, consent.States{unset, unset, granted, denied}},
		{"didomi", `{"c:segment-aBcDeFgH":false,"measure_content_performance":true}`, consent.States{unset, unset, denied, unset}},
		{"usercentrics", `{"functional":true,"marketing":false}`, consent.States{unset, unset, granted, denied}},
		{"securiti", `{"Analytics and customization":"granted","Advertising":"denied","Performance and functionality":"granted"}`, consent.States{unset, granted, granted, denied}},
		{"trustarc", `{"1":true,"2":true,"3":false}`, consent.States{unset, granted, granted, denied}},
		{"trustarc", `{"2":"approved","3":"denied"}`, consent.States{unset, granted, granted, denied}},
		{"hubspot", `{"necessary":true,"analytics":true,"advertisement":false,"functionality":true}`, consent.States{unset, granted, granted, denied}},
		{"shopify", `{"analytics":true,"marketing":true,"preferences":true}`, consent.States{unset, granted, granted, granted}},
		{"consentstack", `{"essential":true,"analytics":true,"marketing":false}`, consent.States{unset, unset, granted, denied}},
		{"c15t", `{"measurement":true,"marketing":true,"experience":true}`, consent.States{unset, unset, granted, granted}},
		{"complianz", `{"functional":true,"statistics":true}`, consent.States{unset, unset, granted, unset}},
		{"cookieyes", `{"analytics":true,"performance":false,"advertisement":true}`, consent.States{unset, unset, granted, granted}},
		{"cookieconsent", `{"status":"deny"}`, consent.States{unset, denied, denied, denied}},
		{"cookieconsent", `{"status":"dismiss"}`, consent.States{}},
		{"", `{"analytics":true,"ads":false}`, consent.States{unset, unset, granted, denied}},
		{"unheard of", "analytics,marketing", consent.States{unset, denied, granted, granted}},
		{"klaro", `{"matomo":true}`, consent.States{}},
		{"klaro", `{}`, consent.States{}},
		{"klaro", `[]`, consent.States{unset, denied, denied, denied}},
		{"klaro", "", consent.States{}},
		{"klaro", `{"analytics":true`, consent.States{}},
		{"klaro", `{"analytics":true} x`, consent.States{}},
		{"klaro", `["analytics"`, consent.States{}},
		{"klaro", `{"a":{"analytics":true},"b":["analytics"]}`, consent.States{}},
		{"klaro", `{"analytics":true,"Analytics":false}`, consent.States{unset, unset, denied, unset}},
		{"klaro", `{"50% off":true,"analytics":true}`, consent.States{unset, unset, granted, unset}},
	} {
		t.Run(c.cmp+" "+c.words, func(t *testing.T) {
			want := consent.Signal{Source: consent.CMP, CMP: consent.Number(c.cmp), States: c.want, Model: consent.OptOut}
			assert.Equal(t, want, live(&consent.Reader{}, c.cmp, c.words, true))
			want.States = consent.States{}
			assert.Equal(t, want, live(&consent.Reader{}, c.cmp, c.words, false), "a default is no choice")
		})
	}
}

func TestTheSitesWordsWin(t *testing.T) {
	r := &consent.Reader{Words: []consent.Mapping{
		{Name: "C0002", Category: consent.Marketing},
		{Name: "G7", Category: consent.Analytics},
		{Name: "marketing", Category: consent.Necessary},
		{Name: "c:segment*", Category: consent.Analytics},
	}}
	for words, want := range map[string]consent.States{
		`{"C0002":true}`:                 {unset, unset, unset, granted},
		`{"G7":true,"C0003":true}`:       {unset, granted, granted, unset},
		`{"g7":true}`:                    {unset, unset, granted, unset},
		`{"marketing":true}`:             {},
		`{"C0002":true,"C0004":false}`:   {unset, unset, unset, denied},
		`{"c:segment-x":true}`:           {},
		`{"c:segment*":true}`:            {unset, unset, granted, unset},
		`{"C0002":false,"C0002 ":true}`:  {unset, unset, unset, denied},
		`{"G7":true,"analytics":"wait"}`: {},
	} {
		assert.Equal(t, want, live(r, "onetrust", words, true).States, words)
	}
}

func TestAWordThatNobodyKnowsGrantsNothing(t *testing.T) {
	for _, cmp := range append(consent.CMPs(), "") {
		for _, word := range []string{"", "x", "analytic", "analyticss", " analytics", "necessary", "essential", "unclassified", "opt_out", "*", "a=a", "tcf:8", "C0001"} {
			words, err := json.Marshal(map[string]bool{word: true})
			require.NoError(t, err)
			assert.Equal(t, consent.States{}, live(&consent.Reader{}, cmp, string(words), true).States, "%s: %s", cmp, word)
		}
	}
}

func TestTheTableIsInOrder(t *testing.T) {
	names := consent.CMPs()
	assert.True(t, slices.IsSorted(names))
	assert.Len(t, slices.Compact(slices.Clone(names)), len(names), "a CMP's rows stand together")
	for _, name := range []string{
		"onetrust", "cookiebot", "usercentrics", "didomi", "osano", "trustarc", "sourcepoint", "inmobi", "cookieyes", "iubenda", "termly",
		"complianz", "axeptio", "klaro", "vanilla-cookieconsent", "tarteaucitron", "c15t", "orejime", "cookieconsent", "ketch", "transcend",
		"securiti", "civic", "cookiefirst", "cookie-script", "consentmanager", "borlabs", "piwikpro", "silktide", "shopify", "wp-consent-api",
		"hubspot", "consentstack", "tcf", "gpp", "usp",
	} {
		assert.Contains(t, names, name)
		assert.NotZero(t, consent.Number(name))
	}
	numbers := map[uint8]bool{}
	for _, name := range names {
		numbers[consent.Number(name)] = true
		assert.Equal(t, strings.ToLower(name), name)
	}
	assert.Len(t, numbers, len(names))
	assert.Less(t, strings.Count(consent.Table, "\n"), consent.CMPCount-1, "a Board has a place for each row")
	assert.Zero(t, consent.Number(""))
	assert.Zero(t, consent.Number("OneTrust"))
}

// The reader relies on the form of the table.
func TestTheTableIsWellFormed(t *testing.T) {
	words := map[string]string{}
	for _, row := range strings.Split(consent.Table, "\n") {
		columns := strings.Split(row, ";")
		require.Len(t, columns, 4, row)
		name, keys, own, places := columns[0], strings.Fields(columns[1]), columns[2], strings.Fields(columns[3])
		assert.NotEmpty(t, name)
		assert.Equal(t, columns[1], strings.Join(keys, " "))
		assert.Equal(t, columns[3], strings.Join(places, " "))
		assert.Equal(t, len(keys) == 0, len(places) == 0, "%s: keys and places go together", name)
		assert.Less(t, len(keys), 10, "a key's number is a digit")
		if before, ok := words[name]; ok {
			assert.Equal(t, before, own, "%s has the same words in all rows", name)
		}
		words[name] = own
		if own != "" {
			for _, word := range strings.Split(own, ",") {
				assert.Regexp(t, `^[^=]+=[famFAM]{0,3}$`, word, name)
			}
		}
		for _, key := range keys {
			assert.Regexp(t, `^[\w-]+[*?]?$`, key, name)
		}
		for _, place := range places {
			assert.Regexp(t, `^[$~+<&^%=!?@>][1-9]?[\w.$]*(\*[\w.$-]*)?(:[\w,']+)?$|^=\.banner-status:dismissed$`, place, name)
			assert.Equal(t, strings.ContainsAny(place[:1], "=!"), strings.Contains(place, ":"), "%s: a rule names its words", place)
			assert.NotContains(t, place[1:], "=", place)
		}
		assert.True(t, !strings.Contains(columns[3], "%") || !strings.ContainsAny(columns[3], "$+<&~"), "%s: a row is a standard's or a CMP's", name)
	}
}

// Every CMP that stores a choice has samples of one that grants, one that refuses and one that is not there yet.
func TestEveryRowHasSamples(t *testing.T) {
	type seen struct{ granted, denied, open bool }
	all := map[string]*seen{}
	for _, s := range samples(t) {
		if all[s.CMP] == nil {
			all[s.CMP] = &seen{}
		}
		got := states(s.Want)
		all[s.CMP].granted = all[s.CMP].granted || grants(got) != 0
		all[s.CMP].denied = all[s.CMP].denied || slices.Contains(got[:], denied)
		all[s.CMP].open = all[s.CMP].open || s.Want == nil
	}
	noStore := []string{"consentmanager", "consentstack", "inmobi", "osano"}
	for _, name := range consent.CMPs() {
		if slices.Contains(noStore, name) {
			assert.NotContains(t, all, name)
			continue
		}
		if assert.Contains(t, all, name) {
			assert.True(t, all[name].denied, name)
			assert.True(t, all[name].granted || name == "usp", "%s: USP only ever objects", name)
			assert.True(t, all[name].open || name == "orejime" || name == "porsche", "%s has no state before the choice", name)
		}
	}
	assert.True(t, (&consent.Reader{}).Keeps("OptanonAlertBoxClosed"))
	for _, key := range []string{"", "ajs_user_id", "_ga", "*", "Optanon", "cmplz", "osano_consentmanager"} {
		assert.False(t, (&consent.Reader{}).Keeps(key), key)
	}
}

func FuzzLive(f *testing.F) {
	f.Add("onetrust", ",C0001,C0002,", true)
	f.Add("didomi", `{"cookies":true,"c:segment":"wait"}`, true)
	f.Add("", `["analytics"]`, false)
	f.Fuzz(func(t *testing.T, cmp, words string, decided bool) {
		r := &consent.Reader{Words: []consent.Mapping{{Name: "x", Category: consent.Analytics}}}
		s := live(r, cmp, words, decided)
		assert.Equal(t, s, live(r, cmp, words, decided))
		assert.Equal(t, consent.CMP, s.Source)
		assert.False(t, s.Stored)
		assert.Equal(t, unset, s.States[consent.Necessary])
		if !decided {
			assert.Equal(t, consent.States{}, s.States)
		}
		if strings.HasPrefix(words, "{") && !json.Valid([]byte(words)) {
			assert.Zero(t, grants(s.States), "not JSON")
		}
	})
}
