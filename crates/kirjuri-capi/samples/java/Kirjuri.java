import com.sun.jna.IntegerType;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * kirjuri for Java 17, by JNA: take this file into your program and your package. {@code kirjuri.h} says what holds.
 *
 * <p>A {@link RuleSet} is opened once and shared by all threads. A {@link Report} is owned data of Java: nothing has to be
 * closed, and no pointer is left in it.
 */
public final class Kirjuri {
    /** How to check; {@link #draft} and {@link #document} are what most programs want. */
    public record Options(Language language, int asOf, boolean isDraft, long maxFindings, long timeLimitMs) {
        /** A document that is done; judged by no day, without limits. */
        public static Options document(Language language) {
            return new Options(language, 0, false, 0, 0);
        }

        /** A document that is still being written: what it lacks is missing, not wrong. */
        public static Options draft(Language language) {
            return new Options(language, 0, true, 0, 0);
        }
    }

    /** The language of titles and messages. */
    public enum Language { FINNISH, SWEDISH, ENGLISH }

    /** How grave a finding is. */
    public enum Severity { INFO, WARNING, ERROR }

    /** What became of a document. */
    public enum Status { CHECKED, UNREADABLE, SKIPPED }

    /** A place in a document; offsets are in bytes, lines and columns count from 1. */
    public record Place(String path, long start, long end, long line, long column) {}

    /** A rule that failed at a place; {@code inner}, or null, is a place inside what the document carries there. */
    public record Finding(String rule, String title, Severity severity, Place place, Place inner) {}

    /** What a draft still lacks; {@code path} is where it would go, {@code place} what is there already of that. */
    public record Missing(String rule, String title, Severity severity, String path, Place place, Place inner) {}

    /** Why a document was not checked, or where a draft ends before it is complete; line 0 is no place. */
    public record Problem(String kind, String message, long line, long column) {}

    /** What was found in one document; {@code problem} may be null. */
    public record Report(Status status, List<Finding> findings, List<Missing> missing, boolean isFragment,
                         Problem problem, long errors, String json) {}

    /** Something that the library could not do. The codes are those of {@code kirjuri_code}. */
    public static final class KirjuriException extends RuntimeException {
        private static final long serialVersionUID = 1;
        /** Why. */
        public final int code;

        KirjuriException(int code, String message) {
            super(message);
            this.code = code;
        }
    }

    /** Rules, loaded and compiled. Close it when no thread checks any more. */
    public static final class RuleSet implements AutoCloseable {
        private Pointer handle;

        /** All built-in packs. */
        public RuleSet() {
            if (C.kirjuri_abi_version() != ABI_VERSION) {
                throw new IllegalStateException("libkirjuri has another ABI than this binding");
            }
            PointerByReference error = new PointerByReference();
            handle = C.kirjuri_rule_set_open(null, new SizeT(0), error);
            throwIf(error);
        }

        /** Checks a document, XML or JSON. One that cannot be read has a report that says so. */
        public Report check(byte[] document, Options how) {
            CheckOptions options = new CheckOptions();
            options.language = how.language().ordinal();
            options.as_of = how.asOf();
            options.draft = how.isDraft() ? 1 : 0;
            options.max_findings = how.maxFindings();
            options.time_limit_ms = how.timeLimitMs();
            PointerByReference error = new PointerByReference();
            Pointer report = C.kirjuri_check(handle, document, new SizeT(document.length), options, error);
            throwIf(error);
            try {
                return taken(report);
            } finally {
                C.kirjuri_report_free(report);
            }
        }

        /** What a rule is, as JSON. */
        public String describeRule(String id, Language language) {
            byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
            // Memory of JNA lives as long as the object: until the call is over.
            Memory memory = new Memory(Math.max(1, utf8.length));
            memory.write(0, utf8, 0, utf8.length);
            Text.ByValue name = new Text.ByValue();
            name.data = memory;
            name.length = new SizeT(utf8.length);
            PointerByReference error = new PointerByReference();
            Pointer text = C.kirjuri_rule_describe(handle, name, language.ordinal(), error);
            throwIf(error);
            try {
                return C.kirjuri_text_string(text).string();
            } finally {
                C.kirjuri_text_free(text);
            }
        }

        @Override
        public void close() {
            C.kirjuri_rule_set_free(handle);
            handle = null;
        }
    }

    /** The version of the library. */
    public static String version() {
        return C.kirjuri_version().string();
    }

    private static final int ABI_VERSION = 1;
    private static final int HAS_INNER = 1;

    private static Report taken(Pointer report) {
        PointerByReference error = new PointerByReference();
        List<Finding> findings = new ArrayList<>();
        for (long i = 0; i < C.kirjuri_report_finding_count(report).longValue(); i++) {
            FindingStruct found = new FindingStruct();
            C.kirjuri_report_finding(report, new SizeT(i), found, error);
            throwIf(error);
            findings.add(new Finding(found.rule.string(), found.title.string(), severity(found.severity),
                    found.place.taken(), (found.flags & HAS_INNER) != 0 ? found.inner.taken() : null));
        }
        List<Missing> missing = new ArrayList<>();
        for (long i = 0; i < C.kirjuri_report_missing_count(report).longValue(); i++) {
            MissingStruct lacked = new MissingStruct();
            C.kirjuri_report_missing(report, new SizeT(i), lacked, error);
            throwIf(error);
            missing.add(new Missing(lacked.rule.string(), lacked.title.string(), severity(lacked.severity),
                    lacked.path.string(), lacked.place.taken(),
                    (lacked.flags & HAS_INNER) != 0 ? lacked.inner.taken() : null));
        }
        ProblemStruct trouble = new ProblemStruct();
        boolean hasProblem = C.kirjuri_report_problem(report, trouble, error) != 0;
        throwIf(error);
        Text json = new Text();
        C.kirjuri_report_json(report, json, error);
        throwIf(error);
        return new Report(status(C.kirjuri_report_status(report)), List.copyOf(findings), List.copyOf(missing),
                C.kirjuri_report_is_fragment(report) != 0,
                hasProblem ? new Problem(trouble.kind.string(), trouble.message.string(),
                        Integer.toUnsignedLong(trouble.line), Integer.toUnsignedLong(trouble.column)) : null,
                C.kirjuri_report_count(report, 3).longValue(), json.string());
    }

    private static Severity severity(int number) {
        return switch (number) {
            case 1 -> Severity.INFO;
            case 2 -> Severity.WARNING;
            default -> Severity.ERROR;
        };
    }

    private static Status status(int number) {
        return switch (number) {
            case 1 -> Status.CHECKED;
            case 3 -> Status.SKIPPED;
            default -> Status.UNREADABLE;
        };
    }

    private static void throwIf(PointerByReference error) {
        Pointer raw = error.getValue();
        if (raw != null) {
            KirjuriException exception =
                    new KirjuriException(C.kirjuri_error_code(raw), C.kirjuri_error_message(raw).string());
            C.kirjuri_error_free(raw);
            throw exception;
        }
    }

    // ---- kirjuri.h, field by field. Structures start with their size; JNA lays them out as C does. ----

    /** size_t. */
    public static final class SizeT extends IntegerType {
        private static final long serialVersionUID = 1;

        public SizeT() {
            this(0);
        }

        public SizeT(long value) {
            super(Native.SIZE_T_SIZE, value, true);
        }
    }

    /** kirjuri_string: not ended by a NUL. */
    @FieldOrder({"data", "length"})
    public static class Text extends Structure {
        public Pointer data;
        public SizeT length = new SizeT();

        public static final class ByValue extends Text implements Structure.ByValue {}

        String string() {
            int count = length.intValue();
            return count == 0 ? "" : new String(data.getByteArray(0, count), StandardCharsets.UTF_8);
        }
    }

    /** kirjuri_check_options. */
    @FieldOrder({"size", "language", "as_of", "draft", "reserved", "max_findings", "time_limit_ms", "memory_limit",
                 "name", "previous", "cancel"})
    public static final class CheckOptions extends Structure {
        public SizeT size = new SizeT();
        public int language;
        public int as_of;
        public int draft;
        public int reserved;
        public long max_findings;
        public long time_limit_ms;
        public long memory_limit;
        public Text name = new Text();
        public Pointer previous;
        public Pointer cancel;

        public CheckOptions() {
            size = new SizeT(size());
        }
    }

    /** kirjuri_place. */
    @FieldOrder({"path", "start", "end", "line", "column"})
    public static final class PlaceStruct extends Structure {
        public Text path = new Text();
        public SizeT start = new SizeT();
        public SizeT end = new SizeT();
        public int line;
        public int column;

        Place taken() {
            return new Place(path.string(), start.longValue(), end.longValue(), Integer.toUnsignedLong(line),
                    Integer.toUnsignedLong(column));
        }
    }

    /** kirjuri_finding. */
    @FieldOrder({"size", "rule", "title", "severity", "flags", "place", "inner"})
    public static final class FindingStruct extends Structure {
        public SizeT size = new SizeT();
        public Text rule = new Text();
        public Text title = new Text();
        public int severity;
        public int flags;
        public PlaceStruct place = new PlaceStruct();
        public PlaceStruct inner = new PlaceStruct();

        public FindingStruct() {
            size = new SizeT(size());
        }
    }

    /** kirjuri_missing. */
    @FieldOrder({"size", "rule", "title", "severity", "flags", "path", "place", "inner"})
    public static final class MissingStruct extends Structure {
        public SizeT size = new SizeT();
        public Text rule = new Text();
        public Text title = new Text();
        public int severity;
        public int flags;
        public Text path = new Text();
        public PlaceStruct place = new PlaceStruct();
        public PlaceStruct inner = new PlaceStruct();

        public MissingStruct() {
            size = new SizeT(size());
        }
    }

    /** kirjuri_problem. */
    @FieldOrder({"size", "kind", "message", "offset", "line", "column"})
    public static final class ProblemStruct extends Structure {
        public SizeT size = new SizeT();
        public Text kind = new Text();
        public Text message = new Text();
        public SizeT offset = new SizeT();
        public int line;
        public int column;

        public ProblemStruct() {
            size = new SizeT(size());
        }
    }

    /** The functions used here; C's bool is a byte, which JNA's boolean is not. */
    interface Functions extends Library {
        int kirjuri_abi_version();

        Text.ByValue kirjuri_version();

        int kirjuri_error_code(Pointer error);

        Text.ByValue kirjuri_error_message(Pointer error);

        void kirjuri_error_free(Pointer error);

        Text.ByValue kirjuri_text_string(Pointer text);

        void kirjuri_text_free(Pointer text);

        Pointer kirjuri_rule_set_open(Pointer sources, SizeT count, PointerByReference error);

        Pointer kirjuri_rule_describe(Pointer rules, Text.ByValue id, int language, PointerByReference error);

        void kirjuri_rule_set_free(Pointer rules);

        Pointer kirjuri_check(Pointer rules, byte[] bytes, SizeT length, CheckOptions options,
                PointerByReference error);

        int kirjuri_report_status(Pointer report);

        SizeT kirjuri_report_count(Pointer report, int severity);

        SizeT kirjuri_report_finding_count(Pointer report);

        byte kirjuri_report_finding(Pointer report, SizeT index, FindingStruct finding, PointerByReference error);

        SizeT kirjuri_report_missing_count(Pointer report);

        byte kirjuri_report_missing(Pointer report, SizeT index, MissingStruct missing, PointerByReference error);

        byte kirjuri_report_is_fragment(Pointer report);

        byte kirjuri_report_problem(Pointer report, ProblemStruct problem, PointerByReference error);

        byte kirjuri_report_json(Pointer report, Text json, PointerByReference error);

        void kirjuri_report_free(Pointer report);
    }

    private static final Functions C = Native.load("kirjuri", Functions.class);

    private Kirjuri() {}
}
