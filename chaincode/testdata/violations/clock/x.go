// Package clock holds what the test of the forbidden must find.
package clock

import (
	"log/slog"
	"runtime/debug"
	clk "time"
)

var start = clk.Now() // want "time.Now"

func Use() {
	now := clk.Now            // want "time.Now"
	_ = clk.Since(now())      // want "time.Since"
	_ = clk.Until(start)      // want "time.Until"
	clk.Sleep(1)              // want "time.Sleep"
	_ = clk.NewTimer(1)       // want "time.NewTimer"
	_ = clk.AfterFunc(1, Use) // want "time.AfterFunc"
	_ = start.In(clk.Local)   // want "time.Local"
	_ = start.Local()         // want "time.Time.Local"
	_ = clk.Unix(1, 0)        // want "time.Unix"
	_ = debug.ReadGCStats     // want "debug.ReadGCStats"
	slog.Info("x")
}
