package json_test

import (
	stdjson "encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker/internal/json"
)

// FuzzReader holds the reader against the standard library: the same texts are JSON, and the same values are in them.
func FuzzReader(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	f.Add(`{"model":"opt-in","requires":["analytics"],"hosts":["a.example/x"],"rules":[{"host":"b","category":"marketing"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		if nesting(text) > 60 {
			return
		}
		// Into a RawMessage, so that the library checks the grammar alone and no number's size.
		var raw stdjson.RawMessage
		valid := stdjson.Unmarshal([]byte(text), &raw) == nil
		if !assert.Equal(t, valid, accepts(text)) || !valid {
			return
		}
		decoder := stdjson.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		var want any
		if err := decoder.Decode(&want); err != nil {
			var number *stdjson.UnmarshalTypeError
			assert.True(t, errors.As(err, &number), "%v", err)
			return
		}
		r := json.NewReader(text)
		assert.Equal(t, want, tree(text, r))
		assert.True(t, r.End())
	})
}

// tree reads a whole value through the reader's own calls.
func tree(text string, r *json.Reader) any {
	switch r.Peek() {
	case json.Object:
		all := map[string]any{}
		r.Object(func(key string) { all[clean(key)] = tree(text, r) })
		return all
	case json.Array:
		all := []any{}
		r.Array(func() { all = append(all, tree(text, r)) })
		return all
	case json.String:
		return clean(r.Str())
	case json.Bool:
		return r.Bool()
	case json.Number:
		start := r.Offset()
		r.Skip()
		return stdjson.Number(text[start:r.Offset()])
	}
	r.Skip()
	return nil
}

// clean does what the library does to bytes that are not UTF-8, and the reader leaves to its caller.
func clean(s string) string {
	return string([]rune(s))
}

func nesting(text string) int { return strings.Count(text, "[") + strings.Count(text, "{") }
