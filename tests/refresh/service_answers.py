"""Answers in the documented shape of each service, by hand; works and trials are made up."""

from __future__ import annotations

from typing import Any


def study(**changes: Any) -> dict[str, Any]:
    """A study of ClinicalTrials.gov's API v2; ``changes`` replace fields of its status module."""
    status = {
        "statusVerifiedDate": "2026-09",
        "overallStatus": "RECRUITING",
        "expandedAccessInfo": {"hasExpandedAccess": False},
        "startDateStruct": {"date": "2025-01-15", "type": "ACTUAL"},
        "primaryCompletionDateStruct": {"date": "2027-03", "type": "ESTIMATED"},
        "completionDateStruct": {"date": "2027-09", "type": "ESTIMATED"},
        "studyFirstPostDateStruct": {"date": "2024-11-20", "type": "ACTUAL"},
        "lastUpdatePostDateStruct": {"date": "2026-09-12", "type": "ACTUAL"},
        **changes,
    }
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": "NCT01234567",
                "orgStudyIdInfo": {"id": "EXO-1"},
                "secondaryIdInfos": [{"id": "U1111", "type": "OTHER"}],
                "organization": {"fullName": "Made-up Hospital", "class": "OTHER"},
                "briefTitle": "Exosomes for Knee Osteoarthritis",
                "officialTitle": "A Phase I/II Study of Exosomes for Knee Osteoarthritis",
                "acronym": "EXOKNEE",
            },
            "statusModule": status,
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Made-up Hospital"}},
            "conditionsModule": {"conditions": ["Knee Osteoarthritis"], "keywords": ["EV"]},
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["PHASE1", "PHASE2"],
                "designInfo": {
                    "allocation": "RANDOMIZED",
                    "interventionModel": "PARALLEL",
                    "primaryPurpose": "TREATMENT",
                    "maskingInfo": {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT"]},
                },
                "enrollmentInfo": {"count": 40, "type": "ESTIMATED"},
            },
            "armsInterventionsModule": {
                "armGroups": [
                    {
                        "label": "Exosomes",
                        "type": "EXPERIMENTAL",
                        "description": "One injection",
                        "interventionNames": ["Biological: EXO"],
                    }
                ],
                "interventions": [{"type": "BIOLOGICAL", "name": "EXO", "otherNames": ["EV-1"]}],
            },
            "outcomesModule": {
                "primaryOutcomes": [{"measure": "Adverse events", "timeFrame": "12 months"}],
                "secondaryOutcomes": [{"measure": "WOMAC"}],
            },
            "eligibilityModule": {"sex": "ALL"},
            "contactsLocationsModule": {
                "locations": [{"facility": "Clinic", "city": "Ulm", "country": "Germany"}]
            },
            "referencesModule": {
                "references": [{"pmid": "12345", "type": "BACKGROUND", "citation": "Roe A. 2020."}]
            },
        },
        "hasResults": False,
    }


def crossref_item(**changes: Any) -> dict[str, Any]:
    """A work as an item of Crossref's REST API."""
    return {
        "DOI": "10.1000/ROE.1",
        "type": "journal-article",
        "title": ["Exosomes from BMSCs calm joints"],
        "container-title": ["Journal of Joints"],
        "author": [
            {"given": "Ann", "family": "Roe", "sequence": "first", "affiliation": []},
            {"given": "Bo", "family": "Poe", "sequence": "additional", "affiliation": []},
        ],
        "issued": {"date-parts": [[2020, 3, 1]]},
        **changes,
    }


def crossref_work(**changes: Any) -> dict[str, Any]:
    return {
        "status": "ok",
        "message-type": "work",
        "message-version": "1.0.0",
        "message": crossref_item(**changes),
    }


def crossref_list(*items: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": "ok",
        "message-type": "work-list",
        "message-version": "1.0.0",
        "message": {"facets": {}, "total-results": len(items), "items": list(items)},
    }


RETRACTION = {
    "updated-by": [
        {
            "DOI": "10.1000/notice.9",
            "type": "retraction",
            "source": "retraction-watch",
            "label": "Retraction",
            "updated": {"date-parts": [[2024, 5, 17]], "timestamp": 1715904000000},
        }
    ]
}


def pmc_result(**changes: Any) -> dict[str, Any]:
    """A result of Europe PMC's search, ``resultType=core``."""
    return {
        "id": "31018669",
        "source": "MED",
        "pmid": "31018669",
        "pmcid": "PMC6500001",
        "doi": "10.1000/roe.1",
        "title": "Exosomes from BMSCs calm joints.",
        "authorString": "Roe A, Poe B.",
        "authorList": {"author": [{"fullName": "Roe A", "lastName": "Roe", "initials": "A"}]},
        "pubYear": "2020",
        "pubTypeList": {"pubType": ["Journal Article"]},
        **changes,
    }


def pmc_search(*results: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "6.9",
        "hitCount": len(results),
        "request": {"queryString": "…", "resultType": "core"},
        "resultList": {"result": list(results)},
    }
