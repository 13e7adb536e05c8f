package blocker_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// configCase is one case of testdata/config. The text is given as it is or as JSON, and want names what differs from
// the strict default.
type configCase struct {
	Title    string          `json:"title"`
	Text     *string         `json:"text"`
	Config   json.RawMessage `json:"config"`
	Problems []string        `json:"problems"`
	Want     json.RawMessage `json:"want"`
}

// configView is a Config in the words of the public contract.
type configView struct {
	Model         string            `json:"model"`
	Requires      []string          `json:"requires"`
	CMP           any               `json:"cmp"`
	Hosts         []string          `json:"hosts"`
	Rules         []ruleView        `json:"rules"`
	Categories    map[string]string `json:"categories"`
	Destinations  map[string]string `json:"destinations"`
	Queue         int               `json:"queue"`
	StoredConsent bool              `json:"storedConsent"`
	GPC           bool              `json:"gpc"`
	Debug         bool              `json:"debug"`
}

type ruleView struct {
	Host    string   `json:"host"`
	Path    string   `json:"path"`
	Cookie  string   `json:"cookie"`
	Storage string   `json:"storage"`
	Needs   []string `json:"needs"`
}

func TestEveryKeyIsReadOrItsFaultIsNamed(t *testing.T) {
	cases := 0
	for _, file := range glob(t, "../testdata/config/*.json") {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var all []configCase
		require.NoError(t, json.Unmarshal(text, &all), file)
		for _, c := range all {
			t.Run(filepath.Base(file)+" "+c.Title, func(t *testing.T) {
				config, problems := blocker.ParseConfig(c.text())
				said := []string{}
				for _, p := range problems {
					said = append(said, p.String())
				}
				assert.Equal(t, c.Problems, said)
				want := strictView()
				require.NoError(t, json.Unmarshal(c.Want, &want))
				assert.Equal(t, want, view(config))
			})
			cases++
		}
	}
	assert.Greater(t, cases, 140, "the corpus is not found whole")
}

func TestTheZeroConfigIsTheStrictDefault(t *testing.T) {
	assert.Equal(t, strictView(), view(blocker.Config{}))
	config, problems := blocker.ParseConfig("{}")
	assert.Empty(t, problems)
	assert.Equal(t, blocker.Config{}, config)
}

func TestTheQueueIsBoundedWhateverIsAskedFor(t *testing.T) {
	for limit, want := range map[int]int{
		-1: 1000, 0: 1000, 1: 1, 1000: 1000, 1_000_000: 1_000_000, 1_000_001: 1_000_000, 1<<31 - 1: 1_000_000,
	} {
		config := blocker.Config{QueueLimit: limit}
		assert.Equal(t, want, config.Queue(), "limit %d", limit)
	}
}

func (c configCase) text() string {
	if c.Text != nil {
		return *c.Text
	}
	return string(c.Config)
}

func strictView() configView {
	return configView{
		Model: "auto", Requires: []string{"analytics"}, CMP: "auto", Hosts: []string{}, Rules: []ruleView{},
		Categories: map[string]string{}, Destinations: map[string]string{}, Queue: 1000, StoredConsent: true, GPC: true,
	}
}

func view(c blocker.Config) configView {
	v := strictView()
	v.Model, v.Queue = c.Model.String(), c.Queue()
	v.StoredConsent, v.GPC, v.Debug = !c.IgnoreStored, !c.IgnoreGPC, c.Debug
	if c.Requires != 0 {
		v.Requires = words(c.Requires)
	}
	if c.CMP != nil {
		names := []any{}
		for _, name := range c.CMP {
			names = append(names, name)
		}
		v.CMP = names
	}
	for _, p := range c.Hosts {
		v.Hosts = append(v.Hosts, p.Host+p.Prefix)
	}
	for _, r := range c.Rules {
		v.Rules = append(v.Rules, ruleView{r.Host, r.Path, r.Cookie, r.Storage, words(r.Needs)})
	}
	for _, m := range c.Categories {
		v.Categories[m.Name] = m.Category.String()
	}
	for _, m := range c.Destinations {
		v.Destinations[m.Name] = m.Category.String()
	}
	return v
}

func words(s consent.Set) []string {
	all := []string{}
	for _, c := range consent.Categories() {
		if s.Has(c) {
			all = append(all, c.String())
		}
	}
	return all
}

func glob(t *testing.T, pattern string) []string {
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, files, pattern)
	return files
}
