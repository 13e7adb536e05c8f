package blocker_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/internal/corpus"
)

func TestTheCorpusOfDecisions(t *testing.T) {
	cases, err := corpus.Load("../testdata/decisions")
	require.NoError(t, err)
	asked := 0
	kinds := map[blocker.Kind]bool{blocker.NoKind: true}
	for _, c := range cases {
		t.Run(c.Title, func(t *testing.T) {
			gate, _, err := c.Gate()
			require.NoError(t, err)
			for _, q := range c.Requests {
				request, err := q.Request()
				require.NoError(t, err)
				assert.Equal(t, q.Want, corpus.Words(gate, gate.Decide(request)), "%s %s", q.Kind, q.Target)
				kinds[request.Kind] = true
				asked++
			}
		})
	}
	for _, k := range blocker.Kinds() {
		assert.True(t, kinds[k], "the corpus asks nothing of kind %s", k)
	}
	assert.Greater(t, asked, 200, "the corpus is not found whole")
}

func TestTheCorpusHoldsEachTitleOnce(t *testing.T) {
	cases, err := corpus.Load("../testdata/decisions")
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, c := range cases {
		assert.NotEmpty(t, c.Title)
		assert.NotEmpty(t, c.Requests, c.Title)
		assert.False(t, seen[c.Title], c.Title)
		seen[c.Title] = true
	}
}
