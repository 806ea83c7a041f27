package main

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

const assetAttestHelp = `usage: datapledge asset attest ASSET -number NUMBER -certificate DOC

A notary certifies something about an asset 公证. DOC is a file, whose SHA-256 is
taken, or sha256:….

EXAMPLE
  datapledge asset attest as_… -number "(2026)浙杭证字第2号" -certificate cert.pdf -key notary.jwk
` + exitCommon

const assetTransferHelp = `usage: datapledge asset transfer ASSET -to USCC -agreement DOC [-proceeds TEXT] [-o FILE]

Transfers an asset 转让 to another company. Signed by the owner (or a court) and
the next one. While it is pledged each pledgee must consent first (民法典 444): write
the draft, have them consent, then sign it. Pledges stay on the asset.

  -proceeds TEXT  where the price goes (民法典 406, 444)
` + jointHelp + `
EXAMPLE
  datapledge asset transfer as_… -to 91350100M000100Y43 -agreement sale.pdf -o sale.json -draft -key acme.jwk
  datapledge pledge consent pl_… -to-act sale.json -key bank.jwk
  datapledge agree sale.json -first -key acme.jwk
  datapledge agree sale.json -key twin.jwk
` + exitCommon

const assetLicenseHelp = `usage: datapledge asset license ASSET -to USCC -scope TEXT -from DATE -until DATE -agreement DOC
         [-exclusive] [-proceeds TEXT] [-o FILE]

Licences an asset 许可使用. Signed by the owner and the licensee. While it is
pledged each pledgee must consent first, as with 'asset transfer' (民法典 444).
` + jointHelp + `
EXAMPLE
  datapledge asset license as_… -to 91350100M000100Y43 -scope "risk models" -from 2026-12-01 \
    -until 2027-11-30 -agreement licence.pdf -o licence.json -key acme.jwk
` + exitCommon

const assetWithdrawHelp = `usage: datapledge asset withdraw ASSET [-reason TEXT]

The owner gives up the notarization 撤回, when no pledge is in force on it.

EXAMPLE
  datapledge asset withdraw as_… -reason "replaced by a new dataset" -key acme.jwk
` + exitCommon

const assetResolveHelp = `usage: datapledge asset resolve ASSET -with ASSET2 -resolution ASSET|OTHER|BOTH -document DOC [-o FILE]

Ends the dispute of two assets with the same content 解决争议. Signed by both
owners, or an IP centre and a notary, or a court. ASSET: the first stays; OTHER:
the second; BOTH: both, and they count as one for pledges from then on.
` + jointHelp + `
EXAMPLE
  datapledge asset resolve as_… -with as_… -resolution ASSET -document settlement.pdf \
    -o settle.json -key acme.jwk
` + exitCommon

func (a *app) assetAttestCommand() *cobra.Command {
	b := &pledge.AssetAttestBody{}
	return a.deed(deed{use: "attest ASSET", help: assetAttestHelp, needs: []string{"number", "certificate"}, docs: []string{"certificate"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.Number, "number", "", "")
			f.StringVar(&b.Certificate, "certificate", "", "")
		},
		body: func(_ context.Context, _ *client.Client, id string) (pledge.Act, any, error) {
			b.AssetID = id
			return pledge.AssetAttest, b, nil
		}})
}

func (a *app) assetTransferCommand() *cobra.Command {
	b := &pledge.TransferBody{}
	return a.deed(deed{use: "transfer ASSET", help: assetTransferHelp, joint: true, needs: []string{"to", "agreement"}, docs: []string{"agreement"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.To, "to", "", "")
			f.StringVar(&b.Agreement, "agreement", "", "")
			f.StringVar(&b.Proceeds, "proceeds", "", "")
		},
		body: func(_ context.Context, _ *client.Client, id string) (pledge.Act, any, error) {
			b.AssetID = id
			return pledge.AssetTransfer, b, nil
		}})
}

func (a *app) assetLicenseCommand() *cobra.Command {
	b := &pledge.LicenseBody{}
	return a.deed(deed{use: "license ASSET", help: assetLicenseHelp, joint: true, needs: []string{"to", "scope", "from", "until", "agreement"},
		docs: []string{"agreement"}, days: []string{"from"}, lasts: []string{"until"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.To, "to", "", "")
			f.StringVar(&b.Scope, "scope", "", "")
			f.BoolVar(&b.Exclusive, "exclusive", false, "")
			f.StringVar(&b.From, "from", "", "")
			f.StringVar(&b.Until, "until", "", "")
			f.StringVar(&b.Agreement, "agreement", "", "")
			f.StringVar(&b.Proceeds, "proceeds", "", "")
		},
		body: func(_ context.Context, _ *client.Client, id string) (pledge.Act, any, error) {
			b.AssetID = id
			return pledge.AssetLicense, b, nil
		}})
}

func (a *app) assetWithdrawCommand() *cobra.Command {
	b := &pledge.WithdrawBody{}
	return a.deed(deed{use: "withdraw ASSET", help: assetWithdrawHelp,
		flags: func(f *pflag.FlagSet) { f.StringVar(&b.Reason, "reason", "", "") },
		body: func(_ context.Context, _ *client.Client, id string) (pledge.Act, any, error) {
			b.AssetID = id
			return pledge.AssetWithdraw, b, nil
		}})
}

func (a *app) assetResolveCommand() *cobra.Command {
	b := &pledge.ResolveBody{}
	return a.deed(deed{use: "resolve ASSET", help: assetResolveHelp, joint: true, needs: []string{"with", "resolution", "document"}, docs: []string{"document"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.Other, "with", "", "")
			f.StringVar(&b.Resolution, "resolution", "", "")
			f.StringVar(&b.Document, "document", "", "")
		},
		body: func(_ context.Context, _ *client.Client, id string) (pledge.Act, any, error) {
			b.AssetID = id
			return pledge.AssetResolveDispute, b, nil
		}})
}
