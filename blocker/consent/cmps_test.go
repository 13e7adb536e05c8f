package consent_test

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// day is when the samples are read unless they say otherwise.
const day = "2026-11-23T12:00:00Z"

// sample is a case of testdata/consent/cmps: what a CMP left in cookies and storage, and what it stands for.
type sample struct {
	CMP     string            `json:"-"`
	Title   string            `json:"title"`
	Now     string            `json:"now"`
	Words   map[string]string `json:"words"`
	Cookies map[string]string `json:"cookies"`
	Storage map[string]string `json:"storage"`
	// Want is nil where nothing was decided.
	Want map[string]string `json:"want"`
	// From is the source that speaks; a CMP if empty.
	From string `json:"from"`
	// Fragile says why a damaged value may grant more than the whole.
	Fragile string `json:"fragile"`
}

func TestEveryStoredChoiceIsRead(t *testing.T) {
	for _, s := range samples(t) {
		t.Run(s.CMP+": "+s.Title, func(t *testing.T) {
			signals := read(s.reader(), s.jar(), "", s.now())
			if s.Want == nil {
				assert.Empty(t, signals)
				return
			}
			require.NotEmpty(t, signals)
			for _, signal := range signals {
				assert.Equal(t, s.source(), signal.Source)
				assert.True(t, signal.Stored)
				assert.Equal(t, signal.Source == consent.CMP, signal.CMP > 0, "a CMP has a number")
				assert.Equal(t, consent.Auto, signal.Model, "where the visitor is now, nobody can have stored")
			}
			assert.Equal(t, states(s.Want), told(signals))
			assert.Equal(t, s.gdpr(), signals[0].GDPR)
		})
	}
}

func TestACMPThatIsNotListenedToIsNotRead(t *testing.T) {
	for _, s := range samples(t) {
		t.Run(s.CMP+": "+s.Title, func(t *testing.T) {
			r := s.reader()
			r.CMPs = []string{}
			assert.Empty(t, read(r, s.jar(), "", s.now()))
			r.CMPs = []string{"another", s.CMP}
			all := s.reader()
			assert.Equal(t, read(all, s.jar(), "", s.now()), read(r, s.jar(), "", s.now()))
		})
	}
}

// Where a CMP has no event, its own write is its word, also when it takes a choice back.
func TestWhatACMPWritesIsItsOwnWord(t *testing.T) {
	for _, s := range samples(t) {
		t.Run(s.CMP+": "+s.Title, func(t *testing.T) {
			for _, key := range s.keys() {
				r := s.reader()
				if !r.Keeps(key) {
					continue
				}
				signals := read(r, s.jar(), key, s.now())
				cleared := read(r, "", key, s.now())
				if s.standard() {
					assert.Equal(t, read(r, s.jar(), "", s.now()), signals, "a stored string stays one")
					assert.Empty(t, cleared)
					continue
				}
				assert.Equal(t, states(s.Want), told(signals), key)
				require.NotEmpty(t, cleared)
				for _, signal := range append(signals, cleared...) {
					assert.Equal(t, consent.CMP, signal.Source)
					assert.False(t, signal.Stored)
				}
				assert.Equal(t, consent.States{granted}, told(cleared))
			}
			assert.Empty(t, read(s.reader(), s.jar(), "other", s.now()), "another cookie was written")
		})
	}
}

// A CMP whose format carries the time of the choice has a sample that is too old.
func TestWhatCarriesATimeIsReadOnlyWithinItsAge(t *testing.T) {
	all := samples(t)
	dated := map[string]bool{}
	for _, s := range all {
		dated[s.CMP] = dated[s.CMP] || s.Title == "chosen more than 13 months ago"
	}
	for _, s := range all {
		if !dated[s.CMP] || s.Want == nil || s.CMP == "axeptio" && s.Cookies["axeptio_authorized_vendors"] != "" {
			continue
		}
		t.Run(s.CMP+": "+s.Title, func(t *testing.T) {
			for _, now := range []int64{0, s.now() - 400*24*3600_000, s.now() + 430*24*3600_000, 1 << 62, -1} {
				assert.Empty(t, read(s.reader(), s.jar(), "", now), "at %d", now)
			}
		})
	}
}

func TestARuleThatIsThereTwiceDoesNotStandForAnother(t *testing.T) {
	for _, jar := range []string{
		`CookieControl={"optionalCookies":{"analytics":"accepted"},"interactedWith":true,"interactedWith":true}`,
		`CookieControl={"optionalCookies":{"analytics":"accepted"},"consentDate":1795168800000,"consentDate":1795168800000}`,
		`CookieConsent={statistics:true,method:'explicit',method:'explicit'}`,
	} {
		assert.Empty(t, read(&consent.Reader{}, jar, "", 1795435200000), jar)
	}
}

func TestSeveralCMPsOfOnePageSpeakForThemselves(t *testing.T) {
	jar := `klaro=%7B%22segment%22%3Atrue%7D; other=1; cookieconsent_status=deny; usprivacy=1YYN`
	signals := read(&consent.Reader{}, jar, "", 0)
	require.Len(t, signals, 3)
	assert.Equal(t, []uint8{consent.Number("cookieconsent"), consent.Number("klaro"), 0},
		[]uint8{signals[0].CMP, signals[1].CMP, signals[2].CMP})
	record := board(signals...).Merge(consent.Auto)
	assert.Equal(t, consent.States{granted, denied, denied, denied}, record.States)
}

func TestAJarIsSplitAsBrowsersDo(t *testing.T) {
	for _, jar := range []string{
		"klaro={\"segment\":true}", " klaro={\"segment\":true}", ";;klaro={\"segment\":true};", "a=b=c; klaro={\"segment\":true}; klaro2=1",
		"=x; klaro={\"segment\":true}", "x; klaro={\"segment\":true}",
	} {
		signals := read(&consent.Reader{}, jar, "", 0)
		if assert.Len(t, signals, 1, jar) {
			assert.Equal(t, granted, signals[0].States[consent.Analytics], jar)
		}
	}
	for _, jar := range []string{"", ";", "=", "klaro", "klaro=", "xklaro={\"segment\":true}", "klarox={\"segment\":true}", "klaro = {\"segment\":true}"} {
		assert.Empty(t, read(&consent.Reader{}, jar, "", 0), jar)
	}
	both := "klaro={\"segment\":true}; klaro={\"segment\":false}"
	assert.Equal(t, denied, read(&consent.Reader{}, both, "", 0)[0].States[consent.Analytics], "of two paths or domains")
}

func samples(t testing.TB) []sample {
	files, err := filepath.Glob("../../testdata/consent/cmps/*.json")
	require.NoError(t, err)
	var all []sample
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var of struct {
			CMP     string
			Source  string
			Samples []sample
		}
		require.NoError(t, json.Unmarshal(text, &of), file)
		require.Equal(t, of.CMP+".json", filepath.Base(file))
		require.NotEmpty(t, of.Source, file)
		for _, s := range of.Samples {
			s.CMP = of.CMP
			all = append(all, s)
		}
	}
	require.Greater(t, len(all), 220, "the samples are not found whole")
	return all
}

func read(r *consent.Reader, jar, key string, now int64) (signals []consent.Signal) {
	r.Stored(jar, key, now, func(s *consent.Signal) { signals = append(signals, *s) })
	return signals
}

func (s *sample) reader() *consent.Reader {
	r := &consent.Reader{}
	for word, name := range s.Words {
		c, _ := consent.ParseCategory(name)
		r.Words = append(r.Words, consent.Mapping{Name: word, Category: c})
	}
	return r
}

// jar is the list that the page hands over: cookies as they are, storage encoded.
func (s *sample) jar() string {
	var all []string
	for key, value := range s.Cookies {
		all = append(all, key+"="+value)
	}
	for key, value := range s.Storage {
		all = append(all, key+"="+encodeURIComponent(value))
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

func encodeURIComponent(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func (s *sample) keys() (keys []string) {
	for key := range s.Cookies {
		keys = append(keys, key)
	}
	for key := range s.Storage {
		keys = append(keys, key)
	}
	return keys
}

func (s *sample) now() int64 {
	text := s.Now
	if text == "" {
		text = day
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return at.UnixMilli()
}

// standard: what is stored is the string of a standard.
func (s *sample) standard() bool {
	return slices.Contains([]string{"tcf", "gpp", "usp", "sourcepoint"}, s.CMP)
}

func (s *sample) source() consent.Source {
	for _, source := range consent.Sources() {
		if s.From == source.String() {
			return source
		}
	}
	return consent.CMP
}

// gdpr: only a TC string says that the GDPR applies, and it knows analytics.
func (s *sample) gdpr() bool {
	return s.standard() && states(s.Want)[consent.Analytics] != unset
}

// told is what signals of one source come to.
func told(signals []consent.Signal) consent.States {
	return board(signals...).Merge(consent.Auto).States
}

func states(names map[string]string) consent.States {
	s := consent.States{granted}
	for name, word := range names {
		c, _ := consent.ParseCategory(name)
		for _, state := range []consent.State{unset, granted, denied} {
			if word == state.String() {
				s[c] = state
			}
		}
	}
	return s
}
