package main

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

const orderHelp = `usage: datapledge order freeze|unfreeze|revoke RECORD [flags]

Orders 裁定 of a court or the regulator about an asset or a pledge.

  freeze RECORD -court NAME -file-no NUMBER -order-date DATE -effect TEXT -document DOC
         [-registry NAME] [-until DATE]
         stops nearly everything 冻结, until that day is over, or until lifted
  unfreeze RECORD -file-no NUMBER -document DOC
         by the authority that ordered it; a court also lifts the regulator's
  revoke RECORD -number NUMBER -reason TEXT -document DOC [-o FILE]
         ends the record 撤销: a court alone; or the IP centre and a notary, who
         sign the same ('datapledge agree -help'; -draft only writes FILE)

DOC is a file, whose SHA-256 is taken, or sha256:….

EXAMPLE
  datapledge order freeze pl_… -court 杭州互联网法院 -file-no "(2026)浙0192执保1号" -order-date 2026-11-20 \
    -effect 查封 -until 2027-11-19 -document order.pdf -key court.jwk
` + exitCommon

func (a *app) orderCommand() *cobra.Command {
	return a.group("order", orderHelp, a.orderFreezeCommand(), a.orderUnfreezeCommand(), a.orderRevokeCommand())
}

func (a *app) orderFreezeCommand() *cobra.Command {
	b := &pledge.FreezeBody{}
	return a.deed(deed{use: "freeze RECORD", help: orderHelp, needs: []string{"court", "file-no", "order-date", "effect", "document"},
		docs: []string{"document"}, days: []string{"order-date"}, lasts: []string{"until"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.Court, "court", "", "")
			f.StringVar(&b.Registry, "registry", "", "")
			f.StringVar(&b.FileNo, "file-no", "", "")
			f.StringVar(&b.OrderDate, "order-date", "", "")
			f.StringVar(&b.Effect, "effect", "", "")
			f.StringVar(&b.Until, "until", "", "")
			f.StringVar(&b.Document, "document", "", "")
		},
		body: func(_ context.Context, _ *client.Client, id string) (pledge.Act, any, error) {
			b.RecordID = id
			return pledge.OrderFreeze, b, nil
		}})
}

func (a *app) orderUnfreezeCommand() *cobra.Command {
	b := &pledge.UnfreezeBody{}
	return a.deed(deed{use: "unfreeze RECORD", help: orderHelp, needs: []string{"file-no", "document"}, docs: []string{"document"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.FileNo, "file-no", "", "")
			f.StringVar(&b.Document, "document", "", "")
		},
		body: func(_ context.Context, _ *client.Client, id string) (pledge.Act, any, error) {
			b.RecordID = id
			return pledge.OrderUnfreeze, b, nil
		}})
}

func (a *app) orderRevokeCommand() *cobra.Command {
	b := &pledge.RevokeBody{}
	return a.deed(deed{use: "revoke RECORD", help: orderHelp, joint: true, needs: []string{"number", "reason", "document"}, docs: []string{"document"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.Number, "number", "", "")
			f.StringVar(&b.Reason, "reason", "", "")
			f.StringVar(&b.Document, "document", "", "")
		},
		body: func(_ context.Context, _ *client.Client, id string) (pledge.Act, any, error) {
			b.RecordID = id
			return pledge.OrderRevoke, b, nil
		}})
}

const recordHelp = `usage: datapledge record correct RECORD -field FIELD -to TEXT -reason TEXT

The IP centre corrects a clerical error 更正. Never a party, a sequence, a digest:
of an asset name, scenario, registration_certificate.registrar and .number; of a
pledge attestation.number and valuation.method. What stands there now is read,
printed and signed along; with -from it must be that.

EXAMPLE
  datapledge record correct as_… -field name -to "Bird strikes 1990-2002" -reason "spelling" -key ipcenter.jwk
` + exitCommon

func (a *app) recordCommand() *cobra.Command {
	return a.group("record", recordHelp, a.recordCorrectCommand())
}

func (a *app) recordCorrectCommand() *cobra.Command {
	b := &pledge.CorrectBody{}
	return a.deed(deed{use: "correct RECORD", help: recordHelp, needs: []string{"field", "to", "reason"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.Field, "field", "", "")
			f.StringVar(&b.From, "from", "", "")
			f.StringVar(&b.To, "to", "", "")
			f.StringVar(&b.Reason, "reason", "", "")
		},
		body: func(ctx context.Context, c *client.Client, id string) (pledge.Act, any, error) {
			b.RecordID = id
			raw, err := recordOf(ctx, c, id)
			if err != nil {
				return "", nil, err
			}
			if b.From == "" {
				b.From = textAt(raw, b.Field)
			}
			a.say("%s of %s: %q becomes %q", b.Field, id, b.From, b.To)
			return pledge.RecordCorrect, b, nil
		}})
}

// textAt is a text in a record by its path; "" when there is none.
func textAt(raw json.RawMessage, path string) string {
	var v any
	_ = json.Unmarshal(raw, &v) // it was written by a marshaller
	for name := range strings.SplitSeq(path, ".") {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	s, _ := v.(string)
	return s
}
