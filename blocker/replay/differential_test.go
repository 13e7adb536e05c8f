package replay_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/replay"
)

const sorts = "snfoux"

// Every list of up to five arguments, of every sort, must mean to Analytics.js after Arrange what it meant before.
func TestAnalyticsJSReadsAnArrangedCallAsItReadTheOriginal(t *testing.T) {
	node, err := exec.LookPath("node")
	require.NoError(t, err, "this test needs Node.js on the PATH")
	type line struct {
		Method   string `json:"method"`
		Sorts    string `json:"sorts"`
		Slots    []int8 `json:"slots"`
		Options  int8   `json:"options"`
		Callback int8   `json:"callback"`
	}
	var input bytes.Buffer
	lines := 0
	encoder := json.NewEncoder(&input)
	for _, m := range replay.Methods {
		if !m.Event {
			continue
		}
		for _, list := range lists(5) {
			call := replay.Arrange(m.Overload, []replay.Sort(list))
			require.NoError(t, encoder.Encode(line{m.Name, list, call.Slots[:call.Count], call.Options, call.Callback}))
			lines++
		}
	}
	var output, faults bytes.Buffer
	const path = "../../web/e2e/differential/arrange.mjs"
	// Opened here too, because the test's cached result would otherwise outlive a change of the script.
	_, err = os.ReadFile(path)
	require.NoError(t, err)
	script := exec.Command(node, path)
	script.Stdin, script.Stdout, script.Stderr = &input, &output, &faults
	require.NoError(t, script.Run(), "the script needs web/node_modules (npm ci in web): %s", &faults)

	var result struct {
		Cases, Rejected, Count int
		Differences            []string
	}
	require.NoError(t, json.Unmarshal(output.Bytes(), &result))
	assert.Equal(t, 3*lines, result.Cases, "every line, with three sets of values")
	assert.Greater(t, result.Rejected, 1000, "the sample must hold calls that Analytics.js rejects")
	assert.Zero(t, result.Count, "%d differences, such as %q", result.Count, result.Differences)
}

// lists are all lists of sorts up to a length.
func lists(limit int) []string {
	all := []string{""}
	for from, length := 0, 1; length <= limit; length++ {
		to := len(all)
		for _, shorter := range all[from:to] {
			for _, sort := range sorts {
				all = append(all, shorter+string(sort))
			}
		}
		from = to
	}
	return all
}
