package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// answerLimit bounds what the browser may take to answer one question about a page.
const answerLimit = 10 * time.Second

// evaluate runs an expression in the page, waits for its promise, and reads its value.
func (v *visit) evaluate(ctx context.Context, session, expression string, result any) error {
	limit, cancel := context.WithTimeout(ctx, min(answerLimit, v.o.Timeout))
	defer cancel()
	var answer struct {
		Result    struct{ Value json.RawMessage }
		Exception *struct {
			Text      string
			Exception struct{ Description string }
		} `json:"exceptionDetails"`
	}
	err := v.b.call(limit, session, "Runtime.evaluate", map[string]any{
		"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true,
	}, &answer)
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return errors.New("the page does not respond: one of its scripts runs without end")
	case err != nil && navigatedAway(err):
		return errNavigated
	case err != nil:
		return err
	case answer.Exception != nil:
		line, _, _ := strings.Cut(answer.Exception.Exception.Description, "\n")
		return fmt.Errorf("%s", cmpOr(line, answer.Exception.Text))
	case result == nil || len(answer.Result.Value) == 0:
		return nil
	}
	return json.Unmarshal(answer.Result.Value, result)
}

// errNavigated says that the page went elsewhere before it answered.
var errNavigated = errors.New("the page loads itself anew all the time")

// navigatedAway reads the protocol's errors for a question whose page is gone.
func navigatedAway(err error) bool {
	for _, words := range []string{"navigated or closed", "context was destroyed", "Cannot find context", "Promise was collected"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// evaluateAnew asks again when the page went elsewhere meanwhile.
func (v *visit) evaluateAnew(ctx context.Context, session, expression string, result any) error {
	err := errNavigated
	for i := 0; i < 5 && errors.Is(err, errNavigated); i++ {
		err = v.evaluate(ctx, session, expression, result)
	}
	return err
}

// cmpOr is a, or b when a is empty.
func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
