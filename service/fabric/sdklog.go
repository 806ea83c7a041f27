package fabric

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"

	"github.com/hyperledger/fabric-sdk-go/pkg/core/logging/api"
)

// sdkLogger is where the SDK's words go. The SDK takes one logger for the
// whole process, and the first wins; so it must be replaceable.
var sdkLogger atomic.Pointer[slog.Logger]

func logSDK(l *slog.Logger) { sdkLogger.Store(l) }

// sdkLogs is the SDK's logger. What it calls an error reaches our caller as
// an error, and is answered there; here it is a warning at most.
type sdkLogs struct{}

// GetLogger implements api.LoggerProvider.
func (sdkLogs) GetLogger(module string) api.Logger { return sdkLog(module) }

type sdkLog string

func (l sdkLog) say(level slog.Level, text func() string) {
	to := sdkLogger.Load()
	if to == nil || !to.Enabled(context.Background(), level) {
		return
	}
	to.Log(context.Background(), level, "fabric-sdk-go", slog.String("module", string(l)), slog.String("text", strings.TrimSpace(text())))
}

func (l sdkLog) plain(level slog.Level, v []any) {
	l.say(level, func() string { return fmt.Sprint(v...) })
}

func (l sdkLog) format(level slog.Level, f string, v []any) {
	l.say(level, func() string { return fmt.Sprintf(f, v...) })
}

func (l sdkLog) Print(v ...any)            { l.plain(slog.LevelDebug, v) }
func (l sdkLog) Printf(f string, v ...any) { l.format(slog.LevelDebug, f, v) }
func (l sdkLog) Println(v ...any)          { l.plain(slog.LevelDebug, v) }
func (l sdkLog) Debug(v ...any)            { l.plain(slog.LevelDebug, v) }
func (l sdkLog) Debugf(f string, v ...any) { l.format(slog.LevelDebug, f, v) }
func (l sdkLog) Debugln(v ...any)          { l.plain(slog.LevelDebug, v) }
func (l sdkLog) Info(v ...any)             { l.plain(slog.LevelDebug, v) }
func (l sdkLog) Infof(f string, v ...any)  { l.format(slog.LevelDebug, f, v) }
func (l sdkLog) Infoln(v ...any)           { l.plain(slog.LevelDebug, v) }
func (l sdkLog) Warn(v ...any)             { l.plain(slog.LevelWarn, v) }
func (l sdkLog) Warnf(f string, v ...any)  { l.format(slog.LevelWarn, f, v) }
func (l sdkLog) Warnln(v ...any)           { l.plain(slog.LevelWarn, v) }
func (l sdkLog) Error(v ...any)            { l.plain(slog.LevelWarn, v) }
func (l sdkLog) Errorf(f string, v ...any) { l.format(slog.LevelWarn, f, v) }
func (l sdkLog) Errorln(v ...any)          { l.plain(slog.LevelWarn, v) }

// The SDK does not go on after these.
func (l sdkLog) Panic(v ...any)            { panic(fmt.Sprint(v...)) }
func (l sdkLog) Panicf(f string, v ...any) { panic(fmt.Sprintf(f, v...)) }
func (l sdkLog) Panicln(v ...any)          { panic(fmt.Sprint(v...)) }
func (l sdkLog) Fatal(v ...any)            { panic(fmt.Sprint(v...)) }
func (l sdkLog) Fatalf(f string, v ...any) { panic(fmt.Sprintf(f, v...)) }
func (l sdkLog) Fatalln(v ...any)          { panic(fmt.Sprint(v...)) }
