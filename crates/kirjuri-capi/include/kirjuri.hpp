/*
 * kirjuri for C++17: what kirjuri.h says, with destructors, exceptions and ranges. This header is all of it.
 *
 *     kirjuri::RuleSet rules;                                                     all built-in packs, once
 *     kirjuri::Report report = rules.check(document, kirjuri::Options().draft());
 *     for (const kirjuri::Finding &finding : report.findings())
 *         std::cout << finding.title << " " << finding.place.path << "\n";
 *     for (const kirjuri::Missing &missing : report.missing())
 *         std::cout << missing.title << " " << missing.path << "\n";
 *
 * RuleSet, Report and Cancel own what they stand for. They are moved, not copied; what was moved from is only good for
 * being destroyed or assigned to. All their const functions may be called from many threads at a time.
 *
 * A std::string_view that a Report gives lives as long as the Report. A std::string is yours.
 *
 * What fails throws kirjuri::error. A document that cannot be read does not fail: its Report says so (status, problem).
 */

#ifndef KIRJURI_HPP
#define KIRJURI_HPP

#include "kirjuri.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kirjuri {

enum class Language : kirjuri_language {
    finnish = KIRJURI_FINNISH,
    swedish = KIRJURI_SWEDISH,
    english = KIRJURI_ENGLISH,
};

enum class Severity : kirjuri_severity { info = KIRJURI_INFO, warning = KIRJURI_WARNING, error = KIRJURI_ERROR };

enum class Status : kirjuri_status {
    checked = KIRJURI_CHECKED,
    unreadable = KIRJURI_UNREADABLE,
    skipped = KIRJURI_SKIPPED,
};

/* Others may come: take codes that are not here. */
enum class Code : kirjuri_code {
    invalid_argument = KIRJURI_INVALID_ARGUMENT,
    invalid_handle = KIRJURI_INVALID_HANDLE,
    unreadable_file = KIRJURI_UNREADABLE_FILE,
    broken_pack = KIRJURI_BROKEN_PACK,
    unreadable_document = KIRJURI_UNREADABLE_DOCUMENT,
    not_found = KIRJURI_NOT_FOUND,
    cancelled = KIRJURI_CANCELLED,
    time_limit = KIRJURI_TIME_LIMIT,
    memory_limit = KIRJURI_MEMORY_LIMIT,
    out_of_memory = KIRJURI_OUT_OF_MEMORY,
    internal = KIRJURI_INTERNAL,
};

/* A place in a file of a pack; `path` is empty where it is the document. */
struct Position {
    std::string path;
    std::uint32_t line;
    std::uint32_t column;
};

namespace detail {

inline std::string_view view(kirjuri_string text) noexcept {
    return text.length == 0 ? std::string_view() : std::string_view(text.data, text.length);
}

inline kirjuri_string lend(std::string_view text) noexcept { return kirjuri_string{text.data(), text.size()}; }

struct Free {
    void operator()(kirjuri_rule_set *handle) const noexcept { kirjuri_rule_set_free(handle); }
    void operator()(kirjuri_report *handle) const noexcept { kirjuri_report_free(handle); }
    void operator()(kirjuri_cancel *handle) const noexcept { kirjuri_cancel_free(handle); }
    void operator()(kirjuri_text *handle) const noexcept { kirjuri_text_free(handle); }
    void operator()(kirjuri_error *handle) const noexcept { kirjuri_error_free(handle); }
};

template <class T>
using Handle = std::unique_ptr<T, Free>;

} // namespace detail

/* Why something failed. what() is in English, for developers and logs, and holds nothing of a document. */
class error : public std::runtime_error {
public:
    explicit error(const kirjuri_error *raw)
        : std::runtime_error(std::string(detail::view(kirjuri_error_message(raw)))), code_(Code{kirjuri_error_code(raw)}) {
        kirjuri_position found = KIRJURI_POSITION_INIT;
        if (kirjuri_error_position(raw, &found))
            position_ = Position{std::string(detail::view(found.path)), found.line, found.column};
    }

    Code code() const noexcept { return code_; }

    /* Of a broken pack, its first fault. */
    const std::optional<Position> &position() const noexcept { return position_; }

private:
    Code code_;
    std::optional<Position> position_;
};

namespace detail {

/* Calls a function of kirjuri.h that may fail; `call` is given the place for the error. */
template <class Call>
auto checked(Call call) {
    kirjuri_error *raw = nullptr;
    auto result = call(&raw);
    if (raw != nullptr) {
        Handle<kirjuri_error> owned(raw);
        throw error(raw);
    }
    return result;
}

template <class Call>
std::string text(Call call) {
    Handle<kirjuri_text> owned(checked(call));
    return std::string(view(kirjuri_text_string(owned.get())));
}

} // namespace detail

/* A file in memory: its path in its pack or beside its schema, and what is in it. */
struct File {
    std::string path;
    std::string text;
};

/* Where rules come from. */
class Source {
public:
    /* A built-in pack. */
    static Source built_in(std::string name) { return Source(KIRJURI_SOURCE_BUILT_IN, std::move(name)); }
    /* All built-in packs. */
    static Source built_in() { return built_in(std::string()); }
    /* The pack in a folder: how packs are updated without a new library. */
    static Source folder(std::string path) { return Source(KIRJURI_SOURCE_FOLDER, std::move(path)); }
    /* The Schematron schema in a file, with what it includes from its folder. */
    static Source schematron(std::string path, std::string phase = {}) {
        return Source(KIRJURI_SOURCE_SCHEMATRON, std::move(path), {}, std::move(phase));
    }
    /* A pack in memory; messages call it `name`. */
    static Source pack(std::string name, std::vector<File> files) {
        return Source(KIRJURI_SOURCE_PACK_FILES, std::move(name), std::move(files));
    }
    /* The Schematron schema `name` among files in memory. */
    static Source schematron(std::string name, std::vector<File> files, std::string phase = {}) {
        return Source(KIRJURI_SOURCE_SCHEMATRON_FILES, std::move(name), std::move(files), std::move(phase));
    }

private:
    friend class RuleSet;

    Source(kirjuri_source_kind kind, std::string name, std::vector<File> files = {}, std::string phase = {})
        : kind_(kind), name_(std::move(name)), files_(std::move(files)), phase_(std::move(phase)) {}

    kirjuri_source_kind kind_;
    std::string name_;
    std::vector<File> files_;
    std::string phase_;
};

/* Stops checks that run in other threads. */
class Cancel {
public:
    Cancel() : handle_(detail::checked([](kirjuri_error **e) { return kirjuri_cancel_new(e); })) {}

    /* The checks that have the token throw Code::cancelled, now and from now on. */
    void raise() const noexcept { kirjuri_cancel_raise(handle_.get()); }
    bool is_raised() const noexcept { return kirjuri_cancel_is_raised(handle_.get()); }

private:
    friend class Options;
    detail::Handle<kirjuri_cancel> handle_;
};

struct Place {
    std::string_view path; /* /ClinicalDocument/recordTarget/patientRole/id[2]/@extension */
    std::size_t start;     /* The bytes from start to before end are what is meant. */
    std::size_t end;
    std::uint32_t line; /* Counted from 1. */
    std::uint32_t column; /* In characters, counted from 1. */
};

/* A rule that failed at a place. */
struct Finding {
    std::string_view rule;
    std::string_view title;
    Severity severity;
    Place place;
    std::optional<Place> inner; /* Inside what the document carries at `place`. */
    bool is_assertion;          /* Of a Schematron schema. */
};

/* What a draft still lacks. */
struct Missing {
    std::string_view rule;
    std::string_view title;
    Severity severity;
    std::string_view path;      /* Where it would go, inside of `inner` if there is one. */
    Place place;                /* What is there already of that. */
    std::optional<Place> inner;
    bool is_assertion;
};

/* Why a document was not checked, or where a draft ends before it is complete. */
struct Problem {
    std::string_view kind;
    std::string_view message;
    std::size_t offset;
    std::uint32_t line; /* 0 where there is no place. */
    std::uint32_t column;
};

/* What was found in one document. */
class Report {
public:
    /* The items of a report, for range-based loops and algorithms. */
    template <class Item>
    class Items {
    public:
        class iterator {
        public:
            using iterator_category = std::input_iterator_tag;
            using value_type = Item;
            using difference_type = std::ptrdiff_t;
            using pointer = const Item *;
            using reference = Item;

            Item operator*() const { return item(report_, index_, static_cast<Item *>(nullptr)); }
            iterator &operator++() noexcept { return ++index_, *this; }
            iterator operator++(int) noexcept { return iterator(report_, index_++); }
            friend bool operator==(const iterator &a, const iterator &b) noexcept { return a.index_ == b.index_; }
            friend bool operator!=(const iterator &a, const iterator &b) noexcept { return a.index_ != b.index_; }

        private:
            friend class Items;
            iterator(const kirjuri_report *report, std::size_t index) noexcept : report_(report), index_(index) {}
            const kirjuri_report *report_;
            std::size_t index_;
        };

        iterator begin() const noexcept { return iterator(report_, 0); }
        iterator end() const noexcept { return iterator(report_, size_); }
        std::size_t size() const noexcept { return size_; }
        bool empty() const noexcept { return size_ == 0; }
        /* Throws Code::invalid_argument where there is none of that number. */
        Item operator[](std::size_t index) const { return item(report_, index, static_cast<Item *>(nullptr)); }

    private:
        friend class Report;
        Items(const kirjuri_report *report, std::size_t size) noexcept : report_(report), size_(size) {}
        const kirjuri_report *report_;
        std::size_t size_;
    };

    Status status() const noexcept { return Status{kirjuri_report_status(handle_.get())}; }

    /* How many findings there are, those included that max_findings left out. */
    std::size_t count(Severity severity) const noexcept {
        return kirjuri_report_count(handle_.get(), static_cast<kirjuri_severity>(severity));
    }

    /* What is wrong, in the order of the document. */
    Items<Finding> findings() const & noexcept { return {handle_.get(), kirjuri_report_finding_count(handle_.get())}; }
    Items<Finding> findings() && = delete; /* Keep the report while you look at it. */

    /* What a draft still lacks, in the order of the document, then of the rules. */
    Items<Missing> missing() const & noexcept { return {handle_.get(), kirjuri_report_missing_count(handle_.get())}; }
    Items<Missing> missing() && = delete;

    /* The draft is a part of a document: rules that look outside of it were not asked. */
    bool is_fragment() const noexcept { return kirjuri_report_is_fragment(handle_.get()); }

    /* Why the document was not checked, or was skipped, or where a draft ends before it is complete. */
    std::optional<Problem> problem() const & {
        kirjuri_problem raw = KIRJURI_PROBLEM_INIT;
        if (!detail::checked([&](kirjuri_error **e) { return kirjuri_report_problem(handle_.get(), &raw, e); }))
            return std::nullopt;
        return Problem{detail::view(raw.kind), detail::view(raw.message), raw.offset, raw.line, raw.column};
    }
    std::optional<Problem> problem() && = delete;

    /* The report as JSON, kirjuri-report/1. */
    std::string_view json() const & {
        kirjuri_string raw = {nullptr, 0};
        detail::checked([&](kirjuri_error **e) { return kirjuri_report_json(handle_.get(), &raw, e); });
        return detail::view(raw);
    }
    std::string_view json() && = delete;

private:
    friend class RuleSet;
    friend class Options;
    explicit Report(kirjuri_report *handle) noexcept : handle_(handle) {}

    static Place place(const kirjuri_place &raw) noexcept {
        return Place{detail::view(raw.path), raw.start, raw.end, raw.line, raw.column};
    }

    static std::optional<Place> inner(std::uint32_t flags, const kirjuri_place &raw) noexcept {
        return (flags & KIRJURI_HAS_INNER) != 0 ? std::optional<Place>(place(raw)) : std::nullopt;
    }

    static Finding item(const kirjuri_report *report, std::size_t index, Finding *) {
        kirjuri_finding raw = KIRJURI_FINDING_INIT;
        detail::checked([&](kirjuri_error **e) { return kirjuri_report_finding(report, index, &raw, e); });
        return Finding{detail::view(raw.rule), detail::view(raw.title), Severity{raw.severity}, place(raw.place),
                       inner(raw.flags, raw.inner), (raw.flags & KIRJURI_IS_ASSERTION) != 0};
    }

    static Missing item(const kirjuri_report *report, std::size_t index, Missing *) {
        kirjuri_missing raw = KIRJURI_MISSING_INIT;
        detail::checked([&](kirjuri_error **e) { return kirjuri_report_missing(report, index, &raw, e); });
        return Missing{detail::view(raw.rule), detail::view(raw.title), Severity{raw.severity},
                       detail::view(raw.path), place(raw.place), inner(raw.flags, raw.inner),
                       (raw.flags & KIRJURI_IS_ASSERTION) != 0};
    }

    detail::Handle<kirjuri_report> handle_;
};

/*
 * How to check: `Options().language(Language::swedish).as_of(2026, 1, 1).draft()`. Without any, a whole document, in
 * Finnish, judged by no day, without limits. What is given by reference has to live until the check is done.
 */
class Options {
public:
    Options &language(Language language) noexcept {
        return raw_.language = static_cast<kirjuri_language>(language), *this;
    }
    /* The day the document is judged by; the library does not ask what day it is. */
    /** Each document by its own date. */
    Options &as_of_document() noexcept { return raw_.as_of = KIRJURI_AS_OF_DOCUMENT, *this; }
    Options &as_of(std::uint32_t year, std::uint32_t month, std::uint32_t day) noexcept {
        return raw_.as_of = year * 10000 + month * 100 + day, *this;
    }
    /* The document is still being written: what it lacks is missing, not wrong. */
    Options &draft() noexcept { return raw_.draft = 1, *this; }
    /* As draft(), with a report of the same draft before the last edit, so that the check takes less time. */
    Options &draft(const Report &previous) noexcept { return raw_.previous = previous.handle_.get(), draft(); }
    Options &draft(const Report &&) = delete;
    Options &max_findings(std::uint64_t count) noexcept { return raw_.max_findings = count, *this; }
    Options &time_limit_ms(std::uint64_t limit) noexcept { return raw_.time_limit_ms = limit, *this; }
    Options &memory_limit(std::uint64_t bytes) noexcept { return raw_.memory_limit = bytes, *this; }
    /* What the report calls the document. No content of it, please. */
    Options &name(std::string name) { return name_ = std::move(name), *this; }
    Options &cancel(const Cancel &token) noexcept { return raw_.cancel = token.handle_.get(), *this; }
    Options &cancel(const Cancel &&) = delete;

private:
    friend class RuleSet;
    kirjuri_check_options raw() const noexcept {
        kirjuri_check_options raw = raw_;
        raw.name = detail::lend(name_);
        return raw;
    }
    kirjuri_check_options raw_ = KIRJURI_CHECK_OPTIONS_INIT;
    std::string name_;
};

/* Rules, loaded and compiled. Open one, keep it, share it. */
class RuleSet {
public:
    /* All built-in packs. */
    RuleSet() : RuleSet(std::vector<Source>()) {}

    explicit RuleSet(const std::vector<Source> &sources) {
        if (kirjuri_abi_version() != KIRJURI_ABI_VERSION)
            throw std::runtime_error("libkirjuri has another ABI than kirjuri.h");
        std::vector<std::vector<kirjuri_file>> files;
        std::vector<kirjuri_source> raw;
        for (const Source &source : sources) {
            files.emplace_back();
            for (const File &file : source.files_)
                files.back().push_back(kirjuri_file{detail::lend(file.path), detail::lend(file.text)});
            kirjuri_source one = KIRJURI_SOURCE_INIT;
            one.kind = source.kind_;
            one.name = detail::lend(source.name_);
            one.phase = detail::lend(source.phase_);
            one.files = files.back().data();
            one.file_count = files.back().size();
            raw.push_back(one);
        }
        handle_.reset(detail::checked(
            [&](kirjuri_error **e) { return kirjuri_rule_set_open(raw.data(), raw.size(), e); }));
    }

    std::size_t rule_count() const noexcept { return kirjuri_rule_set_rule_count(handle_.get()); }

    /* What is in the set, as JSON. */
    std::string describe(Language language = Language::finnish) const {
        return detail::text([&](kirjuri_error **e) {
            return kirjuri_rule_set_describe(handle_.get(), static_cast<kirjuri_language>(language), e);
        });
    }

    /* The ids of all rules, as a JSON array. */
    std::string list() const {
        return detail::text([&](kirjuri_error **e) { return kirjuri_rule_set_list(handle_.get(), e); });
    }

    /* What a rule is, as JSON: title, why it is asked, what to do, where it comes from. */
    std::string describe_rule(std::string_view id, Language language = Language::finnish) const {
        return detail::text([&](kirjuri_error **e) {
            return kirjuri_rule_describe(handle_.get(), detail::lend(id), static_cast<kirjuri_language>(language), e);
        });
    }

    /* What kind of document it is and which packs are about it, as JSON. */
    std::string identify(std::string_view document, const Options &options = Options()) const {
        const kirjuri_check_options raw = options.raw();
        return detail::text([&](kirjuri_error **e) {
            return kirjuri_identify(handle_.get(), bytes(document), document.size(), &raw, e);
        });
    }

    /* Checks a document, XML or JSON; its bytes are looked at until this returns. */
    Report check(std::string_view document, const Options &options = Options()) const {
        const kirjuri_check_options raw = options.raw();
        return Report(detail::checked([&](kirjuri_error **e) {
            return kirjuri_check(handle_.get(), bytes(document), document.size(), &raw, e);
        }));
    }

private:
    static const std::uint8_t *bytes(std::string_view document) noexcept {
        return reinterpret_cast<const std::uint8_t *>(document.data());
    }

    detail::Handle<kirjuri_rule_set> handle_;
};

/* The version of the library. */
inline std::string_view version() noexcept { return detail::view(kirjuri_version()); }

} // namespace kirjuri

#endif /* KIRJURI_HPP */
