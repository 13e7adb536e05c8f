package blocker_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

const twoDestinations = `{"integrations":{"Segment.io":{},"Hotjar":{},"Facebook Pixel":{},"quo\"te":{}}}`

func stamping(t *testing.T, settings string, marketing consent.State) *blocker.Gate {
	t.Helper()
	gate := blocker.New(blocker.Config{})
	gate.Set(consent.API, choice(granted, granted, marketing), consent.All)
	if settings != "" {
		_, outcome := gate.Narrow(nil, "", settings, "")
		require.NotEqual(t, blocker.Unreadable, outcome)
	}
	return gate
}

const (
	all         = `"consent":{"categoryPreferences":{"functional":true,"analytics":true,"marketing":true}}`
	noMarketing = `"consent":{"categoryPreferences":{"functional":true,"analytics":true,"marketing":false}}`
	refusedTwo  = `"Facebook Pixel":false,"quo\u0022te":false`
)

func TestEventsAreStamped(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"nothing there": {`{"type":"track"}`, `{"type":"track","context":{` + noMarketing + `},"integrations":{` + refusedTwo + `}}`},
		"empty":         {`{}`, `{"context":{` + noMarketing + `},"integrations":{` + refusedTwo + `}}`},
		"what stands beside stays as it is": {
			` {"a" : 1.0 , "context":{ "page" : {"x":"\u00e9"} },"integrations":{"All":true , "Hotjar": {"k":1}} } `,
			` {"a" : 1.0 , "context":{ "page" : {"x":"\u00e9"} ,` + noMarketing + `},"integrations":{"All":true , "Hotjar": {"k":1},` + refusedTwo + `} } `,
		},
		"a site's true for what is refused":  {`{"context":{},"integrations":{"Facebook Pixel":true,"Hotjar":false}}`, `{"context":{` + noMarketing + `},"integrations":{"Hotjar":false,` + refusedTwo + `}}`},
		"an escaped name is the same name":   {`{"context":{},"integrations":{"\u0046acebook Pixel":{"a":1}}}`, `{"context":{` + noMarketing + `},"integrations":{` + refusedTwo + `}}`},
		"null in their place":                {`{"context":null,"integrations":null}`, `{"context":{` + noMarketing + `},"integrations":{` + refusedTwo + `}}`},
		"a consent object of the site's own": {`{"context":{"consent":{"by":1,"categoryPreferences":{"own":true,"analytics":false,"marketing":true}}},"integrations":{}}`, `{"context":{"consent":{"by":1,"categoryPreferences":{"own":true,"functional":true,"analytics":false,"marketing":false}}},"integrations":{` + refusedTwo + `}}`},
		"consent that is none":               {`{"context":{"consent":1},"integrations":{}}`, `{"context":{` + noMarketing + `},"integrations":{` + refusedTwo + `}}`},
		"a batch":                            {`{"batch":[{"a":1},{"context":{}},3],"sentAt":"x"}`, `{"batch":[{"a":1,"context":{` + noMarketing + `},"integrations":{` + refusedTwo + `}},{"context":{` + noMarketing + `},"integrations":{` + refusedTwo + `}},3],"sentAt":"x"}`},
		"metrics of the library":             {`{"series":[{"type":"Counter"}]}`, `{"series":[{"type":"Counter"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := stamping(t, twoDestinations, denied).Stamp(nil, c.in)
			require.True(t, ok)
			assert.Equal(t, c.want, string(got))
			assert.True(t, json.Valid(got))
		})
	}
}

func TestEventsFromBeforeADenialAreLeftOut(t *testing.T) {
	const before, after = `{"messageId":"ajs-next-1699999999999-a","context":{}}`, `{"messageId":"ajs-next-1700000000000-b","context":{}}`
	for name, c := range map[string]struct{ in, want string }{
		"an event":                    {before, ``},
		"one that came later":         {after, `{"messageId":"ajs-next-1700000000000-b","context":{` + all + `}}`},
		"an id of the site's own":     {`{"messageId":"1","context":{}}`, `{"messageId":"1","context":{` + all + `}}`},
		"an id without an end":        {`{"messageId":"ajs-next-1","context":{}}`, `{"messageId":"ajs-next-1","context":{` + all + `}}`},
		"an id of older versions":     {`{"messageId":"ajs-next-0cc175b9c0f1b6a831c399e269772661","context":{}}`, `{"messageId":"ajs-next-0cc175b9c0f1b6a831c399e269772661","context":{` + all + `}}`},
		"a batch of such":             {`{"batch":[` + before + `,` + before + `],"sentAt":"x"}`, ``},
		"a batch in which one is":     {`{"batch":[` + before + `,` + after + `,` + before + `],"sentAt":"x"}`, `{"batch":[{"messageId":"ajs-next-1700000000000-b","context":{` + all + `}}],"sentAt":"x"}`},
		"a batch of nothing":          {`{"batch":[]}`, `{"batch":[]}`},
		"what has such an id further": {`{"properties":{"messageId":"ajs-next-1-"},"context":{}}`, `{"properties":{"messageId":"ajs-next-1-"},"context":{` + all + `}}`},
	} {
		t.Run(name, func(t *testing.T) {
			gate := stamping(t, "", granted)
			gate.Forget(1700000000000)
			got, ok := gate.Stamp([]byte("|"), c.in)
			require.True(t, ok)
			assert.Equal(t, "|"+c.want, string(got))
		})
	}
}

func TestWhatIsNoEventIsLeftAlone(t *testing.T) {
	for _, body := range []string{"", "x", "[]", `"x"`, `{"a":1`, `{"a":1}{}`, "data=e30="} {
		got, ok := stamping(t, twoDestinations, denied).Stamp([]byte("before"), body)
		assert.False(t, ok, body)
		assert.Equal(t, "before", string(got))
	}
}

func TestWithEverythingGrantedNothingIsSwitchedOff(t *testing.T) {
	got, _ := stamping(t, twoDestinations, granted).Stamp(nil, `{"integrations":{"All":false},"context":{}}`)
	assert.Equal(t, `{"integrations":{"All":false},"context":{"consent":{"categoryPreferences":{"functional":true,"analytics":true,"marketing":true}}}}`, string(got))
}

func TestPreferencesAreTheWorkspacesOwn(t *testing.T) {
	settings := `{"integrations":{},"consentSettings":{"allCategories":["C0002","C0004","Mystery","C0001"]}}`
	got, _ := stamping(t, settings, denied).Stamp(nil, `{}`)
	assert.Equal(t, `{"context":{"consent":{"categoryPreferences":{"C0002":true,"C0004":false,"Mystery":false,"C0001":true}}}}`, string(got))
}

func TestDestinationsOfTheConfigurationAreStampedBeforeAnySettings(t *testing.T) {
	gate := blocker.New(blocker.Config{Destinations: []blocker.Mapping{{Name: "Cloud Only", Category: consent.Marketing}}})
	gate.Set(consent.API, choice(granted, granted, denied), consent.All)
	got, _ := gate.Stamp(nil, `{"context":{}}`)
	assert.Contains(t, string(got), `"integrations":{"Cloud Only":false}`)
}

// For any event and any state: no destination that is not granted is on, nothing that was off is on, the rest is the same.
func TestStampingTurnsNothingOn(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	names := []string{"Hotjar", "Facebook Pixel", "Other", "All", "quo\"te"}
	for range 2000 {
		state := consent.State(r.IntN(3))
		gate := stamping(t, twoDestinations, state)
		var members []string
		was := map[string]string{}
		for _, name := range names {
			if r.IntN(2) == 0 {
				quoted, _ := json.Marshal(name)
				was[name] = oneOf(r, []string{"true", "false", `{"a": 1}`})
				members = append(members, fmt.Sprintf("%s%s:%s", blank(r), quoted, was[name]))
			}
		}
		body := `{"x":1.0,"integrations":{` + strings.Join(members, ",") + `}}`
		out, ok := gate.Stamp(nil, body)
		require.True(t, ok)
		var got struct {
			X            json.RawMessage
			Integrations map[string]json.RawMessage
			Context      struct {
				Consent struct{ CategoryPreferences map[string]bool }
			}
		}
		require.NoError(t, json.Unmarshal(out, &got), string(out))
		assert.Equal(t, "1.0", string(got.X))
		assert.Equal(t, state == granted, got.Context.Consent.CategoryPreferences["marketing"])
		for _, name := range names {
			marketing := name == "Facebook Pixel" || name == "quo\"te"
			want := was[name]
			if marketing && state != granted {
				want = "false"
			}
			assert.Equal(t, want, string(got.Integrations[name]), "%s in %s", name, body)
		}
		if t.Failed() {
			return
		}
	}
}

func TestStampingAllocatesNothing(t *testing.T) {
	gate := stamping(t, twoDestinations, denied)
	body := `{"type":"track","context":{"page":{}},"integrations":{"All":true},"batch":[{"context":{}}]}`
	buffer := make([]byte, 0, 4096)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		_, _ = gate.Stamp(buffer, body)
	}))
}
