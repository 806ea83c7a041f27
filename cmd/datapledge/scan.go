package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

const pledgeScanHelp = `usage: datapledge pledge scan PLEDGE [-reviewed-by KID | -waived-by KID] [-report DOC]
       datapledge pledge scan PLEDGE -look

An IP centre looks for duplicates: the service compares the content of the
pledged asset with all that is registered, and shows what is like it. Then
the IP centre signs what was found. From 30 % of the rows on, of another owner
or pledged, a person must have looked at both; over 80 % a named person must
answer for it. Without that nothing is signed, and the exit code is 3.

  -reviewed-by KID  the key of the person who looked at what is alike
  -waived-by KID    the key of the person who answers for it
  -report DOC       the report of a scan of your own, instead of the service's:
                    a file, whose SHA-256 is taken, or sha256:…
  -result RESULT    clean, reviewed or waived; follows from the others
  -look             only show what is found; also for the parties of the pledge

EXAMPLE
  datapledge pledge scan pl_… -key ipcenter.jwk
` + exitCommon

type scanFlags struct {
	result, report, waived, reviewed string
	look                             bool
}

func (a *app) pledgeScanCommand() *cobra.Command {
	var f scanFlags
	c := a.command("scan PLEDGE", pledgeScanHelp, 1, 1, func(ctx context.Context, args []string) error {
		return a.scan(ctx, args[0], f)
	})
	c.Flags().StringVar(&f.result, "result", "", "")
	c.Flags().StringVar(&f.report, "report", "", "")
	c.Flags().StringVar(&f.waived, "waived-by", "", "")
	c.Flags().StringVar(&f.reviewed, "reviewed-by", "", "")
	c.Flags().BoolVar(&f.look, "look", false, "")
	return c
}

func (a *app) scan(ctx context.Context, id string, f scanFlags) error {
	if f.waived != "" && f.reviewed != "" {
		return usagef("-waived-by and -reviewed-by: only one of them")
	}
	c, err := a.client()
	if err != nil {
		return err
	}
	found, err := c.Scan(ctx, id, "")
	if err != nil {
		return err
	}
	if f.look {
		a.emit(found, func(w io.Writer) { printScan(w, found.Value) })
		return nil
	}
	if !a.json {
		printScan(a.stderr, found.Value)
	}
	return a.signScan(ctx, c, found.Value, f)
}

func (a *app) signScan(ctx context.Context, c *client.Client, found service.Scan, f scanFlags) error {
	d := found.Document
	body := pledge.ScanBody{PledgeID: d.PledgeID, Report: found.Report, Overlaps: d.Overlaps, Result: f.says(), WaivedBy: f.waived, ReviewedBy: f.reviewed}
	if f.report != "" {
		var err error
		if body.Report, err = document(f.report); err != nil {
			return err
		}
	} else if !d.Content.Compared {
		return usagef("the service did not compare the content (%s): name the report of a scan of your own with -report", d.Content.Why.EN)
	}
	if scanWeight(body.Result) < scanWeight(d.Required) {
		return hintf(pledge.Errorf(pledge.OverlapFound, "a scan that finds this must be %s: %s", d.Required, d.Why.EN), "%s", scanRemedy(d.Required))
	}
	out, err := c.Act(ctx, pledge.PledgeScan, body)
	return a.outcome(out, err)
}

// says is the result that the flags mean.
func (f scanFlags) says() string {
	switch {
	case f.result != "":
		return f.result
	case f.waived != "":
		return pledge.ScanWaived
	case f.reviewed != "":
		return pledge.ScanReviewed
	}
	return pledge.ScanClean
}

func scanWeight(result string) int {
	return slices.Index([]string{pledge.ScanClean, pledge.ScanReviewed, pledge.ScanWaived}, result)
}

func scanRemedy(required string) string {
	if required == pledge.ScanReviewed {
		return "have a person look at both, and sign with -reviewed-by KID or -waived-by KID; or 'datapledge pledge reject'"
	}
	return "a person who answers for it signs with -waived-by KID; or 'datapledge pledge reject'"
}

func printScan(w io.Writer, s service.Scan) {
	d := s.Document
	fmt.Fprintf(w, "scan of %s as of block %d: %s needed (%s)\n", d.PledgeID, d.AsOf.Height, d.Required, d.Why.EN)
	fmt.Fprintf(w, "asset:  %s\n", d.AssetID)
	printContent(w, d.Content)
	fmt.Fprintf(w, "report: %s\n", s.Report)
}

// printContent tells what is like the content, or why nobody compared.
func printContent(w io.Writer, c *service.ContentAnswer) {
	if c == nil {
		return
	}
	if !c.Compared {
		why := cmp.Or(c.Why, &service.Text{EN: "it is not said why"})
		fmt.Fprintf(w, "content was not compared: %s\n", why.EN)
		return
	}
	for _, m := range c.Matches {
		fmt.Fprintf(w, "alike:  %s\n", m.Words().EN)
	}
	if len(c.Matches) == 0 {
		fmt.Fprintln(w, "nothing registered is like the content")
	}
	if !c.Complete && c.Why != nil {
		fmt.Fprintf(w, "%s\n", c.Why.EN)
	}
}
