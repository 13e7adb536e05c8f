package json_test

import (
	stdjson "encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/internal/json"
)

// texts are whole JSON texts and near misses. Whether each is JSON, the standard library says.
var texts = []string{
	`null`, `true`, `false`, `0`, `-0`, `1`, `-1`, `10`, `1.5`, `0.5`, `-0.0`, `1e3`, `1E+3`, `1e-3`, `1.5e10`, `1e400`,
	`123456789012345678901234567890`, `""`, `"a"`, `"é"`, `"\"\\\/\b\f\n\r\t"`, `"\u0041"`, `"\u00e9"`, `"\ud83d\ude00"`, `"\uD83D\uDE00"`,
	`"\ud800"`, `"\udc00"`, `"\ud800\ud800"`, `"\ud800\u0041"`, `"\u0041\udc00"`, `"\ud83d\n"`, `"\u0000"`, "\"\x7f\"",
	`[]`, `[1]`, `[1,2]`, `[[],[[]]]`, `{}`, `{"a":1}`, `{"a":1,"a":2}`, `{"a":{"b":[{"c":null}]}}`, `{"":0}`, `{"\u0061":1}`,
	" \t\r\n[ 1 , 2 ] ", `{ "a" : 1 , "b" : [ ] }`,
	// Near misses.
	``, ` `, `nul`, `nulll`, `True`, `tru`, `truefalse`, `undefined`, `NaN`, `Infinity`,
	`-`, `+1`, `01`, `-01`, `00`, `1.`, `.5`, `1.e3`, `1e`, `1e+`, `1e1.5`, `1-2`, `--1`, `0x10`, `1 2`, `1,`,
	`"`, `"a`, `'a'`, `"\"`, `"\x41"`, `"\u12"`, `"\u12g4"`, `"\U0041"`, `"\`, "\"\n\"", "\"\x00\"", `"a""b"`, `"\'"`, `"\u"`, `"\u123`,
	`[`, `]`, `[1`, `[1,`, `[1,]`, `[,1]`, `[,]`, `[1 2]`, `[1]]`, `[1}`, `[1:2]`,
	`{`, `}`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{a:1}`, `{'a':1}`, `{"a" 1}`, `{"a":1 "b":2}`, `{"a"}`, `{1:2}`, `{"a":1]`, `{"a":1}}`, `{"a",1}`,
	"\ufeff{}", "\u00a0{}", "\v{}", "// x\n{}", "/* x */{}", `{}x`, `{}{}`, `[NaN]`, "\x00",
}

func TestTheReaderAcceptsWhatIsJSONAndNothingElse(t *testing.T) {
	for _, text := range texts {
		t.Run(text, func(t *testing.T) {
			var want any
			err := stdjson.Unmarshal([]byte(text), &want)
			if err != nil && strings.Contains(err.Error(), "cannot unmarshal number") {
				// Valid JSON whose number does not fit a float: the reader has no floats.
				err = nil
			}
			assert.Equal(t, err == nil, accepts(text), "encoding/json says: %v", err)
		})
	}
}

func TestStringsReadAsTheStandardLibraryReadsThem(t *testing.T) {
	for _, text := range texts {
		var want string
		if text == "null" || stdjson.Unmarshal([]byte(text), &want) != nil {
			continue
		}
		t.Run(text, func(t *testing.T) {
			r := json.NewReader(text)
			assert.Equal(t, want, r.Str())
			assert.True(t, r.End())
		})
	}
}

func TestIntTakesPlainWholeNumbersOnly(t *testing.T) {
	for text, want := range map[string]int{
		"0": 0, "-0": 0, "7": 7, "-7": -7, "1000": 1000, "999999999": 999999999, "-999999999": -999999999,
		"1000000000": 0, "4294967297": 0, "99999999999999999999": 0, "1.0": 0, "1.5": 0, "1e3": 0, "-1e400": 0,
	} {
		t.Run(text, func(t *testing.T) {
			r := json.NewReader(text)
			assert.Equal(t, want, r.Int())
			assert.True(t, r.End(), "the number is read to its end")
		})
	}
}

func TestPeekNamesTheNextValueWithoutReadingIt(t *testing.T) {
	for text, want := range map[string]json.Type{
		"null": json.Null, "true": json.Bool, "false": json.Bool, "-1": json.Number, "1": json.Number, `""`: json.String,
		"[]": json.Array, "{}": json.Object, "": json.Invalid, "]": json.Invalid, "+1": json.Invalid,
	} {
		t.Run(text, func(t *testing.T) {
			r := json.NewReader(" " + text)
			assert.Equal(t, want, r.Peek())
			assert.Equal(t, want, r.Peek())
			assert.False(t, r.Failed())
			r.Skip()
			assert.Equal(t, want == json.Invalid, r.Failed())
		})
	}
}

func TestWalkingGivesMembersInOrder(t *testing.T) {
	r := json.NewReader(` {"b": [1, "x", {"c": true}], "a": false, "b": null} `)
	var seen []string
	r.Object(func(key string) {
		seen = append(seen, key)
		if r.Peek() == json.Array {
			r.Array(func() {
				switch r.Peek() {
				case json.Number:
					assert.Equal(t, 1, r.Int())
				case json.String:
					assert.Equal(t, "x", r.Str())
				default:
					r.Object(func(inner string) {
						assert.Equal(t, "c", inner)
						assert.True(t, r.Bool())
					})
				}
				seen = append(seen, "element")
			})
			return
		}
		r.Skip()
	})
	require.True(t, r.End())
	assert.Equal(t, []string{"b", "element", "element", "element", "a", "b"}, seen)
}

func TestAskingForTheWrongTypeFailsForGood(t *testing.T) {
	for name, ask := range map[string]func(r *json.Reader){
		"bool":   func(r *json.Reader) { assert.False(t, r.Bool()) },
		"int":    func(r *json.Reader) { assert.Zero(t, r.Int()) },
		"object": func(r *json.Reader) { r.Object(func(string) { assert.Fail(t, "no member") }) },
		"array":  func(r *json.Reader) { r.Array(func() { assert.Fail(t, "no element") }) },
	} {
		t.Run(name, func(t *testing.T) {
			r := json.NewReader(`"text"`)
			ask(r)
			assert.True(t, r.Failed())
			assert.Equal(t, json.Invalid, r.Peek())
			assert.False(t, r.End())
			assert.Empty(t, json.NewReader(`5`).Str())
		})
	}
}

func TestNestingIsBounded(t *testing.T) {
	for _, c := range []struct {
		open, end string
		depth     int
		want      bool
	}{
		{"[", "]", 64, true},
		{"[", "]", 65, false},
		{`{"a":`, "}", 64, true},
		{`{"a":`, "}", 65, false},
		{"[", "", 1_000_000, false},
		{`{"a":`, "", 1_000_000, false},
		{`[{"a":`, "", 500_000, false},
	} {
		text := strings.Repeat(c.open, c.depth) + "1" + strings.Repeat(c.end, c.depth)
		assert.Equal(t, c.want, accepts(text), "%d times %s", c.depth, c.open)
	}
	assert.True(t, accepts("["+strings.Repeat("[],", 1000)+"[]]"), "breadth is no depth")
}

func accepts(text string) bool {
	r := json.NewReader(text)
	r.Skip()
	return r.End()
}
