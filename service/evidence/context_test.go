package evidence

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// A package may hold thousands of time stamps and receipts: who gave up waiting
// is not kept until the last.
func TestStampsAndReceiptsEndWithTheirContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := &checker{Report: newReport(ledgerSolo), files: []file{{name: dirStamps + strings.Repeat("0", 20) + ".json"}, {name: dirReceipts + strings.Repeat("0", 64) + ".jws"}}}
	for name, judge := range map[string]func(context.Context) error{CheckTimeStamps: c.timeStamps, CheckImprintReceipts: c.imprintReceipts} {
		if err := judge(ctx); !errors.Is(err, context.Canceled) || c.find(name).Failed != 0 {
			t.Errorf("%s: got %v, %d were judged", name, err, c.find(name).Failed)
		}
		if err := judge(t.Context()); err != nil || c.find(name).Failed != 1 {
			t.Errorf("%s: got %v, %d were judged, want one", name, err, c.find(name).Failed)
		}
	}
}
