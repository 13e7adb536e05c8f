package json_test

import (
	stdjson "encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/internal/json"
)

// edit leaves out members called "x", in objects in objects too, and adds one to each when add is set.
func edit(text string, add bool) (string, bool) {
	e := json.NewEditor(nil, text)
	var walk func()
	walk = func() {
		if t := e.Peek(); t != json.Object && t != json.Array {
			e.Skip()
			return
		}
		isObject := e.Peek() == json.Object
		var l json.List
		for e.Enter(&l); e.Next(&l); {
			l.Drop = isObject && l.Key == "x"
			walk()
		}
		if add && isObject {
			e.Add(&l)
			e.Out = append(e.Out, `"new":1`...)
		}
	}
	walk()
	if !e.Finish() {
		return "", false
	}
	return string(e.Out), e.Changed
}

func TestAnEditorCopiesEverythingElseByteForByte(t *testing.T) {
	for in, want := range map[string]string{
		`{}`:                               `{}`,
		` { } `:                            ` { } `,
		`{"x":1}`:                          `{}`,
		` { "x" : 1 } `:                    ` {} `,
		`{"x":1,"a":2}`:                    `{"a":2}`,
		`{"a":2,"x":1}`:                    `{"a":2}`,
		`{"a" : 2 , "x":1 , "b" :3 }`:      `{"a" : 2 , "b" :3 }`,
		`{"x":1,"x":2,"a":[1, {"x":0}]}`:   `{"a":[1, {}]}`,
		`{"a":{"x":{"a":1}},"b":"\u0078"}`: `{"a":{},"b":"\u0078"}`,
		`{"\u0078":1,"a":1e5}`:             `{"a":1e5}`,
		`[ 1 ,2, [ ] ]`:                    `[ 1 ,2, [ ] ]`,
		`"x"`:                              `"x"`,
	} {
		got, _ := edit(in, false)
		assert.Equal(t, want, got, in)
		assert.True(t, stdjson.Valid([]byte(got)), got)
	}
}

func TestAnEditorAddsAtTheEnd(t *testing.T) {
	for in, want := range map[string]string{
		`{}`:                 `{"new":1}`,
		`{"x":1}`:            `{"new":1}`,
		` {"a": {"b" :1 } }`: ` {"a": {"b" :1 ,"new":1} ,"new":1}`,
		`[{"x":1,"a":1}]`:    `[{"a":1,"new":1}]`,
	} {
		got, changed := edit(in, true)
		assert.Equal(t, want, got, in)
		assert.True(t, changed)
	}
}

func TestAnEditorRefusesWhatIsNoJSON(t *testing.T) {
	for _, in := range []string{``, `{`, `{"a"}`, `{"a":1,}`, `{,}`, `[1 2]`, `{"a":1} 2`, `{"a":}`, `nul`, `{"a":1]`, `[1}`} {
		got, _ := edit(in, true)
		assert.Empty(t, got, in)
	}
}

func TestTextsAreQuoted(t *testing.T) {
	for _, text := range []string{"", "a", "\"", "\\", "\x00\x1f\n", "é", "a\u2028"} {
		var back string
		e := json.NewEditor(nil, "")
		e.PutString(text)
		require.NoError(t, stdjson.Unmarshal(e.Out, &back))
		assert.Equal(t, text, back)
	}
}
