package service

import (
	"context"
	"log/slog"

	"github.com/datapledge/datapledge/pledge"
)

// audit writes one line per act that was accepted or refused. It never holds
// content: ids, codes and who asked.
func (s *Service) audit(ctx context.Context, kind string, args ...any) {
	if o := originOf(ctx); o.Address != "" {
		args = append(args, slog.Group("from", "address", o.Address, "request", o.Request, "party", o.Party))
	}
	s.o.Audit.InfoContext(ctx, kind, args...)
}

// Origin says where a request came from, for the audit log.
type Origin struct{ Address, Request, Party string }

type originKey struct{}

// WithOrigin marks ctx with where a request came from.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

func originOf(ctx context.Context) Origin {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o
}

// auditAct writes the line of a use that is not a command.
func (s *Service) auditAct(ctx context.Context, kind string, c Caller, err error, args ...any) {
	args = append([]any{"by", c.Party, "kid", c.KID}, args...)
	status := pledge.Applied
	if e := refusalOf(err); e != nil {
		status = pledge.Refused
		args = append(args, "code", e.Code, "detail", e.Detail)
	} else if err != nil {
		status = "fault"
	}
	s.audit(ctx, kind, append(args, "status", status)...)
}

// AuditToken writes the line of a request that was turned away at the door.
func (s *Service) AuditToken(ctx context.Context, refusal *pledge.Error) {
	s.audit(ctx, "token", "status", pledge.Refused, "code", refusal.Code, "detail", refusal.Detail)
}
