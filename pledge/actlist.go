package pledge

import "slices"

// actList is every act that the rules know, in the order of the alphabet: the
// table of acts has none, and nothing here may depend on a map's.
var actList = []Act{
	AssetAddVersion, AssetAttest, AssetLicense, AssetNotarize, AssetRecordCertificate, AssetResolveDispute, AssetTransfer,
	AssetWithdraw, ClosingExecute, CommandFence, CustodyAlert, CustodyReceiptAct, CustodyRelease, ObjectionDecide, ObjectionExpire,
	ObjectionFile, ObjectionLodge, ObjectionNotify, OrderFreeze, OrderRevoke, OrderUnfreeze, PartyAddKey, PartyEnroll, PartyRevokeKey,
	PledgeAccept, PledgeAmend, PledgeAssign, PledgeAttest, PledgeConsent, PledgeCure, PledgeDefault, PledgeEnforce, PledgeExtend,
	PledgeLapse, PledgePerfect, PledgePropose, PledgeRealize, PledgeRegister, PledgeReject, PledgeRelease, PledgeScan,
	PledgeSubordinate, PledgeValue, PledgeWithdraw, RecordCorrect,
}

// Acts lists every act that the rules know, in the order of the alphabet.
func Acts() []Act { return slices.Clone(actList) }
