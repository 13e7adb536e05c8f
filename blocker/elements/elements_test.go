package elements

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker"
)

func TestEveryNameStandsOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range Table {
		assert.NotEmpty(t, e.Attributes, "%v", e.Names)
		for _, name := range e.Names {
			assert.False(t, seen[name], name)
			seen[name] = true
		}
	}
}

func TestAttributesHaveOneFormWhereverTheyStand(t *testing.T) {
	forms := map[string]Form{}
	for _, e := range Table {
		for _, a := range e.Attributes {
			assert.Equal(t, strings.ToLower(a.Name), a.Name)
			assert.NotEqual(t, blocker.Script, a.Kind, "scripts have a way of their own")
			if form, known := forms[a.Name]; known {
				assert.Equal(t, form, a.Form, "the page's hooks go by the name alone: %s", a.Name)
			}
			forms[a.Name] = a.Form
		}
	}
}
