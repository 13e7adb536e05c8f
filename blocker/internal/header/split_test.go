package header_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker/internal/header"
)

func TestValuesAreSplitOutsideOfQuotes(t *testing.T) {
	for value, want := range map[string][]string{
		"":                   {""},
		"a":                  {"a"},
		"a, b":               {"a", " b"},
		`a="b,c",d`:          {`a="b,c"`, "d"},
		`a="b\",c",d`:        {`a="b\",c"`, "d"},
		`a="b,c`:             {`a="b,c`},
		`a\,b`:               {`a\`, "b"},
		`"a","b\\",c`:        {`"a"`, `"b\\"`, "c"},
		",":                  {"", ""},
		`text/html;x="\`:     {`text/html;x="\`},
		`for="[::1]:80",b`:   {`for="[::1]:80"`, "b"},
		`host="x;y", host=z`: {`host="x;y"`, " host=z"},
	} {
		assert.Equal(t, want, header.Split(value, ','), value)
	}
}
