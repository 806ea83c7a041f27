package main

const pledgeHelp = `usage: datapledge pledge COMMAND

The life of a pledge 质押, in the order in which it happens:

  propose      the pledgor 出质人 offers an asset (commitment letter 质押承诺书)
  accept       the pledgee 质权人 agrees to the same terms
  attest       a notary certifies the agreement 公证
  value        an exchange values the asset 价值评估
  scan         an IP centre looks for like content that is others' or pledged
  custody      the custodian challenges the stored data and signs that it is there
  consent      a senior pledgee lets a junior pledge in; or allows an act about the asset
  register     the pledgee registers: from now on the asset is encumbered
  perfect      statutory registration 法定登记: filed, verified, lapsed
  amend, extend, assign, subordinate   变更, 展期, 债权转让, 让与顺位
  default, cure                    违约: a notice, the grace, the declaration; put right
  enforce, realize                 实现质权: a title, then the sale and who gets what
  key-release, key                 the custodian hands the key to who enforces; the pledgee gets it
  alert, lapse                     something is wrong with the data; the term is over
  release      the pledgee lets go 注销
  withdraw, reject                 ends that come before registration
  show         the whole life so far, what comes next and by when; -lang zh|en
  list, history                    what is on the ledger

Acts of two sides: the second signs with 'datapledge agree'.

EXAMPLE
  datapledge pledge show pl_pt7u2e6wkhsjn3zq4x5v6b7c2d -key bank.jwk
` + exitCommon

const pledgeProposeHelp = `usage: datapledge pledge propose -asset ID -pledgee USCC -terms FILE.json
       datapledge pledge propose -asset ID -pledgee USCC -principal N -matures DATE [flags]

Offers an asset to a pledgee. Signed by its owner; the offer stands 30 days.

  -asset ID                   the asset, as_…
  -pledgee USCC               to whom
  -terms FILE                 the terms as JSON; or each by a flag:
  -principal N                debt in minor units (fen); -currency CNY
  -secured-max N              most that is secured; default: the principal
  -matures DATE               when the debt is due: through that day in China, or
                              at the time that is given (2027-06-30T12:00:00+08:00)
  -expires DATE               until when the pledge lasts, likewise; default: -matures
  -mode MODE                  exclusive (default) or ranked
  -checks LIST                of attest,value,scan; default: all three; "" for none
  -grace-days N               between a notice of default and the default; 10 when not given
  -covenants LIST             add_version: the pledgor adds versions without asking
                              each time; self_sale: the pledgee may sell after default
  -security-type TYPE         PLEDGE (default) or MORTGAGE
  -characterization WHAT      DATA_ASSET_PLEDGE (default), IP_RIGHT_PLEDGE,
                              RECEIVABLE_OF_DATA or OTHER_ATYPICAL
  -commitment-letter DOC      a file, whose SHA-256 is taken, or sha256:…
  -agreement DOC              likewise

EXAMPLE
  datapledge pledge propose -asset as_… -pledgee 91350100M000100Y43 -principal 100000000 \
    -matures 2027-06-30 -commitment-letter letter.pdf -agreement agreement.pdf -key acme.jwk
` + exitCommon

const pledgeAgreeHelp = `usage: datapledge pledge accept PLEDGE [-terms-digest sha256:…]

The pledgee agrees to the terms, and the checks begin. What is signed is the
digest of the terms that are printed, computed here, not the service's word for
it; with -terms-digest it must be that one.

EXAMPLE
  datapledge pledge accept pl_pt7u2e6wkhsjn3zq4x5v6b7c2d -key bank.jwk
` + exitCommon

const pledgeAttestHelp = `usage: datapledge pledge attest PLEDGE -number NUMBER -certificate DOC [-enforcement-consent]

A notary certifies the agreement 公证. -number is the notarial certificate's,
DOC a file, whose SHA-256 is taken, or sha256:…; -enforcement-consent says
that it carries the consent to enforcement (公证法 37).

EXAMPLE
  datapledge pledge attest pl_… -number "(2026)浙杭证字第1号" -certificate cert.pdf -key notary.jwk
` + exitCommon

const pledgeValueHelp = `usage: datapledge pledge value PLEDGE -value N -method TEXT -base-date DATE -report DOC [-currency CNY]

An exchange values the asset 价值评估, in minor units (fen). The base date, a
day in China, is at most 90 days back. DOC is a file, whose SHA-256 is taken, or sha256:….

EXAMPLE
  datapledge pledge value pl_… -value 200000000 -method income -base-date 2026-11-01 \
    -report valuation.pdf -key exchange.jwk
` + exitCommon

const pledgeCustodyHelp = `usage: datapledge pledge custody PLEDGE [-depth sample|full]

Has the custodian read the stored data now and sign on the ledger that it is
there and unchanged. For pledgor, pledgee and custodian.

EXAMPLE
  datapledge pledge custody pl_… -depth full -key bank.jwk
` + exitCommon

const pledgeRegisterHelp = `usage: datapledge pledge register PLEDGE [-expected-seq N]

The pledgee registers the pledge: it ranks from now on. -expected-seq is what
the pledgee's search showed; if another pledge came in since, the registration
is refused (sequence_changed). Without it, a search is made first.

EXAMPLE
  datapledge pledge register pl_… -expected-seq 0 -key bank.jwk
` + exitCommon

const pledgeEndHelp = `usage: datapledge pledge withdraw PLEDGE [-reason TEXT]
       datapledge pledge reject PLEDGE [-code CODE] [-reason TEXT]
       datapledge pledge release PLEDGE -reason PAID|WAIVED|REPLACED|OTHER|DEMAND|FORCED [-proof DOC]

withdraw: either side, before registration. reject: the IP centre. release:
the pledgee, when the debt is gone; or the pledgor demands it (DEMAND, with
proof of payment) and, when the pledgee stays silent for five working days,
a notary or the IP centre releases (FORCED). DOC is a file, whose SHA-256 is
taken, or sha256:….

EXAMPLE
  datapledge pledge release pl_… -reason PAID -proof receipt.pdf -key bank.jwk
` + exitCommon
