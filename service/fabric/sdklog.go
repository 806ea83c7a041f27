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

// sdkLogs is the SDK's logger, for debugging only: what it calls an error
// reaches our caller as an error, and is answered there.
type sdkLogs struct{}

// GetLogger implements api.LoggerProvider.
func (sdkLogs) GetLogger(module string) api.Logger { return sdkLog(module) }

type sdkLog string

func (l sdkLog) say(text func() string) {
	to := sdkLogger.Load()
	if to == nil || !to.Enabled(context.Background(), slog.LevelDebug) {
		return
	}
	to.Debug("fabric-sdk-go", slog.String("module", string(l)), slog.String("text", strings.TrimSpace(text())))
}

func (l sdkLog) plain(v []any)            { l.say(func() string { return fmt.Sprint(v...) }) }
func (l sdkLog) format(f string, v []any) { l.say(func() string { return fmt.Sprintf(f, v...) }) }

func (l sdkLog) Print(v ...any)            { l.plain(v) }
func (l sdkLog) Printf(f string, v ...any) { l.format(f, v) }
func (l sdkLog) Println(v ...any)          { l.plain(v) }
func (l sdkLog) Debug(v ...any)            { l.plain(v) }
func (l sdkLog) Debugf(f string, v ...any) { l.format(f, v) }
func (l sdkLog) Debugln(v ...any)          { l.plain(v) }
func (l sdkLog) Info(v ...any)             { l.plain(v) }
func (l sdkLog) Infof(f string, v ...any)  { l.format(f, v) }
func (l sdkLog) Infoln(v ...any)           { l.plain(v) }
func (l sdkLog) Warn(v ...any)             { l.plain(v) }
func (l sdkLog) Warnf(f string, v ...any)  { l.format(f, v) }
func (l sdkLog) Warnln(v ...any)           { l.plain(v) }
func (l sdkLog) Error(v ...any)            { l.plain(v) }
func (l sdkLog) Errorf(f string, v ...any) { l.format(f, v) }
func (l sdkLog) Errorln(v ...any)          { l.plain(v) }

// The SDK does not go on after these.
func (l sdkLog) Panic(v ...any)            { panic(fmt.Sprint(v...)) }
func (l sdkLog) Panicf(f string, v ...any) { panic(fmt.Sprintf(f, v...)) }
func (l sdkLog) Panicln(v ...any)          { panic(fmt.Sprint(v...)) }
func (l sdkLog) Fatal(v ...any)            { panic(fmt.Sprint(v...)) }
func (l sdkLog) Fatalf(f string, v ...any) { panic(fmt.Sprintf(f, v...)) }
func (l sdkLog) Fatalln(v ...any)          { panic(fmt.Sprint(v...)) }
