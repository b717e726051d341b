// kirjuri for C#, by P/Invoke: take this file into your program. kirjuri.h says what holds.
//
// NOT RUN WITH .NET by our tests: there is none where this is built. It is compiled and run there with Mono 6.8, which
// is why it keeps to C# 7: UIntPtr for size_t (in newer C#, nuint), DllImport for LibraryImport.
//
// A RuleSet is opened once and shared by all threads. A Report is data of .NET: no pointer is left in it.
//
// Sizes: size_t is UIntPtr, C's bool is one byte (UnmanagedType.I1), a string is a pointer and a length in bytes of UTF-8.

using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Kirjuri
{
    public enum Language { Finnish = 0, Swedish = 1, English = 2 }

    public enum Severity { Info = 1, Warning = 2, Error = 3 }

    public enum Status { Checked = 1, Unreadable = 2, Skipped = 3 }

    /// <summary>Others may come: take codes that are not here.</summary>
    public enum Code
    {
        InvalidArgument = 1, InvalidHandle = 2, UnreadableFile = 3, BrokenPack = 4, UnreadableDocument = 5, NotFound = 6,
        Cancelled = 7, TimeLimit = 8, MemoryLimit = 9, OutOfMemory = 10, Internal = 11,
    }

    public sealed class KirjuriException : Exception
    {
        public Code Code { get; }

        internal KirjuriException(Code code, string message) : base(message) { Code = code; }
    }

    /// <summary>How to check. As it is made: a whole document, in Finnish, judged by no day, without limits.</summary>
    public sealed class Options
    {
        public Language Language { get; set; }
        /// <summary>The day the document is judged by; the library does not ask what day it is.</summary>
        public DateTime? AsOf { get; set; }
        /// <summary>The document is still being written: what it lacks is missing, not wrong.</summary>
        public bool IsDraft { get; set; }
        public ulong MaxFindings { get; set; }
        public ulong TimeLimitMilliseconds { get; set; }
        public ulong MemoryLimit { get; set; }
    }

    /// <summary>A place in a document; offsets are in bytes, lines and columns count from 1.</summary>
    public sealed class Place
    {
        public string Path { get; internal set; }
        public ulong Start { get; internal set; }
        public ulong End { get; internal set; }
        public uint Line { get; internal set; }
        public uint Column { get; internal set; }
    }

    /// <summary>A rule that failed at a place. Inner, or null, is a place inside what the document carries there.</summary>
    public sealed class Finding
    {
        public string Rule { get; internal set; }
        public string Title { get; internal set; }
        public Severity Severity { get; internal set; }
        public Place Place { get; internal set; }
        public Place Inner { get; internal set; }
    }

    /// <summary>What a draft still lacks: Path is where it would go, Place what is there already of that.</summary>
    public sealed class Missing
    {
        public string Rule { get; internal set; }
        public string Title { get; internal set; }
        public Severity Severity { get; internal set; }
        public string Path { get; internal set; }
        public Place Place { get; internal set; }
        public Place Inner { get; internal set; }
    }

    /// <summary>Why a document was not checked, or where a draft ends before it is complete; line 0 is no place.</summary>
    public sealed class Problem
    {
        public string Kind { get; internal set; }
        public string Message { get; internal set; }
        public uint Line { get; internal set; }
        public uint Column { get; internal set; }
    }

    /// <summary>What was found in one document. Problem may be null.</summary>
    public sealed class Report
    {
        public Status Status { get; internal set; }
        public IReadOnlyList<Finding> Findings { get; internal set; }
        public IReadOnlyList<Missing> Missing { get; internal set; }
        public bool IsFragment { get; internal set; }
        public Problem Problem { get; internal set; }
        public ulong Errors { get; internal set; }
        public string Json { get; internal set; }
    }

    /// <summary>Rules, loaded and compiled. Dispose of it when no thread checks any more.</summary>
    public sealed class RuleSet : IDisposable
    {
        private readonly RuleSetHandle handle;

        /// <summary>All built-in packs.</summary>
        public RuleSet()
        {
            if (Native.kirjuri_abi_version() != Native.AbiVersion)
            {
                throw new InvalidOperationException("libkirjuri has another ABI than this binding");
            }
            handle = Native.kirjuri_rule_set_open(IntPtr.Zero, UIntPtr.Zero, out IntPtr error);
            Native.ThrowIf(error);
        }

        /// <summary>Checks a document, XML or JSON. One that cannot be read has a report that says so.</summary>
        public Report Check(byte[] document, Options how)
        {
            var options = new Native.CheckOptions
            {
                Size = (UIntPtr)Marshal.SizeOf(typeof(Native.CheckOptions)),
                Language = (int)how.Language,
                AsOf = how.AsOf is DateTime day ? (uint)(day.Year * 10000 + day.Month * 100 + day.Day) : 0,
                Draft = how.IsDraft ? 1u : 0u,
                MaxFindings = how.MaxFindings,
                TimeLimit = how.TimeLimitMilliseconds,
                MemoryLimit = how.MemoryLimit,
            };
            using (ReportHandle report = Native.kirjuri_check(
                handle, document, (UIntPtr)(uint)document.Length, ref options, out IntPtr error))
            {
                Native.ThrowIf(error);
                return Native.Take(report);
            }
        }

        public void Dispose() { handle.Dispose(); }
    }

    internal sealed class RuleSetHandle : SafeHandle
    {
        public RuleSetHandle() : base(IntPtr.Zero, true) { }

        public override bool IsInvalid { get { return handle == IntPtr.Zero; } }

        protected override bool ReleaseHandle()
        {
            Native.kirjuri_rule_set_free(handle);
            return true;
        }
    }

    internal sealed class ReportHandle : SafeHandle
    {
        public ReportHandle() : base(IntPtr.Zero, true) { }

        public override bool IsInvalid { get { return handle == IntPtr.Zero; } }

        protected override bool ReleaseHandle()
        {
            Native.kirjuri_report_free(handle);
            return true;
        }
    }

    /// <summary>kirjuri.h, field by field.</summary>
    internal static class Native
    {
        internal const uint AbiVersion = 1;
        private const uint HasInner = 1;
        private const string Library = "kirjuri"; // libkirjuri.so, libkirjuri.dylib, kirjuri.dll
        private const CallingConvention Cdecl = CallingConvention.Cdecl;

        [StructLayout(LayoutKind.Sequential)]
        internal struct Text // kirjuri_string
        {
            internal IntPtr Data;
            internal UIntPtr Length;

            public override string ToString()
            {
                var bytes = new byte[checked((int)Length.ToUInt64())];
                if (bytes.Length > 0)
                {
                    Marshal.Copy(Data, bytes, 0, bytes.Length);
                }
                return Encoding.UTF8.GetString(bytes);
            }
        }

        [StructLayout(LayoutKind.Sequential)]
        internal struct CheckOptions // kirjuri_check_options
        {
            internal UIntPtr Size;
            internal int Language;
            internal uint AsOf;
            internal uint Draft;
            internal uint Reserved;
            internal ulong MaxFindings;
            internal ulong TimeLimit;
            internal ulong MemoryLimit;
            internal Text Name;
            internal IntPtr Previous;
            internal IntPtr Cancel;
        }

        [StructLayout(LayoutKind.Sequential)]
        internal struct RawPlace // kirjuri_place
        {
            internal Text Path;
            internal UIntPtr Start;
            internal UIntPtr End;
            internal uint Line;
            internal uint Column;

            internal Place Taken()
            {
                return new Place
                {
                    Path = Path.ToString(), Start = Start.ToUInt64(), End = End.ToUInt64(), Line = Line, Column = Column,
                };
            }
        }

        [StructLayout(LayoutKind.Sequential)]
        internal struct RawFinding // kirjuri_finding
        {
            internal UIntPtr Size;
            internal Text Rule;
            internal Text Title;
            internal int Severity;
            internal uint Flags;
            internal RawPlace Place;
            internal RawPlace Inner;
        }

        [StructLayout(LayoutKind.Sequential)]
        internal struct RawMissing // kirjuri_missing
        {
            internal UIntPtr Size;
            internal Text Rule;
            internal Text Title;
            internal int Severity;
            internal uint Flags;
            internal Text Path;
            internal RawPlace Place;
            internal RawPlace Inner;
        }

        [StructLayout(LayoutKind.Sequential)]
        internal struct RawProblem // kirjuri_problem
        {
            internal UIntPtr Size;
            internal Text Kind;
            internal Text Message;
            internal UIntPtr Offset;
            internal uint Line;
            internal uint Column;
        }

        [DllImport(Library, CallingConvention = Cdecl)]
        internal static extern uint kirjuri_abi_version();

        [DllImport(Library, CallingConvention = Cdecl)]
        private static extern int kirjuri_error_code(IntPtr error);

        [DllImport(Library, CallingConvention = Cdecl)]
        private static extern Text kirjuri_error_message(IntPtr error);

        [DllImport(Library, CallingConvention = Cdecl)]
        private static extern void kirjuri_error_free(IntPtr error);

        [DllImport(Library, CallingConvention = Cdecl)]
        internal static extern RuleSetHandle kirjuri_rule_set_open(IntPtr sources, UIntPtr count, out IntPtr error);

        [DllImport(Library, CallingConvention = Cdecl)]
        internal static extern void kirjuri_rule_set_free(IntPtr rules);

        [DllImport(Library, CallingConvention = Cdecl)]
        internal static extern ReportHandle kirjuri_check(
            RuleSetHandle rules, byte[] bytes, UIntPtr length, ref CheckOptions options, out IntPtr error);

        [DllImport(Library, CallingConvention = Cdecl)]
        private static extern int kirjuri_report_status(ReportHandle report);

        [DllImport(Library, CallingConvention = Cdecl)]
        private static extern UIntPtr kirjuri_report_count(ReportHandle report, int severity);

        [DllImport(Library, CallingConvention = Cdecl)]
        private static extern UIntPtr kirjuri_report_finding_count(ReportHandle report);

        [DllImport(Library, CallingConvention = Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool kirjuri_report_finding(
            ReportHandle report, UIntPtr index, ref RawFinding finding, out IntPtr error);

        [DllImport(Library, CallingConvention = Cdecl)]
        private static extern UIntPtr kirjuri_report_missing_count(ReportHandle report);

        [DllImport(Library, CallingConvention = Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool kirjuri_report_missing(
            ReportHandle report, UIntPtr index, ref RawMissing missing, out IntPtr error);

        [DllImport(Library, CallingConvention = Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool kirjuri_report_is_fragment(ReportHandle report);

        [DllImport(Library, CallingConvention = Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool kirjuri_report_problem(ReportHandle report, ref RawProblem problem, out IntPtr error);

        [DllImport(Library, CallingConvention = Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private static extern bool kirjuri_report_json(ReportHandle report, out Text json, out IntPtr error);

        [DllImport(Library, CallingConvention = Cdecl)]
        internal static extern void kirjuri_report_free(IntPtr report);

        internal static void ThrowIf(IntPtr error)
        {
            if (error != IntPtr.Zero)
            {
                var exception = new KirjuriException((Code)kirjuri_error_code(error), kirjuri_error_message(error).ToString());
                kirjuri_error_free(error);
                throw exception;
            }
        }

        /// <summary>All that a report says, copied while its handle lives.</summary>
        internal static Report Take(ReportHandle report)
        {
            var findings = new List<Finding>();
            ulong count = kirjuri_report_finding_count(report).ToUInt64();
            for (ulong i = 0; i < count; i++)
            {
                var raw = new RawFinding { Size = (UIntPtr)Marshal.SizeOf(typeof(RawFinding)) };
                kirjuri_report_finding(report, (UIntPtr)i, ref raw, out IntPtr error);
                ThrowIf(error);
                findings.Add(new Finding
                {
                    Rule = raw.Rule.ToString(), Title = raw.Title.ToString(), Severity = (Severity)raw.Severity,
                    Place = raw.Place.Taken(), Inner = (raw.Flags & HasInner) != 0 ? raw.Inner.Taken() : null,
                });
            }
            var missing = new List<Missing>();
            count = kirjuri_report_missing_count(report).ToUInt64();
            for (ulong i = 0; i < count; i++)
            {
                var raw = new RawMissing { Size = (UIntPtr)Marshal.SizeOf(typeof(RawMissing)) };
                kirjuri_report_missing(report, (UIntPtr)i, ref raw, out IntPtr error);
                ThrowIf(error);
                missing.Add(new Missing
                {
                    Rule = raw.Rule.ToString(), Title = raw.Title.ToString(), Severity = (Severity)raw.Severity,
                    Path = raw.Path.ToString(), Place = raw.Place.Taken(),
                    Inner = (raw.Flags & HasInner) != 0 ? raw.Inner.Taken() : null,
                });
            }
            var trouble = new RawProblem { Size = (UIntPtr)Marshal.SizeOf(typeof(RawProblem)) };
            bool hasProblem = kirjuri_report_problem(report, ref trouble, out IntPtr failure);
            ThrowIf(failure);
            kirjuri_report_json(report, out Text json, out failure);
            ThrowIf(failure);
            return new Report
            {
                Status = (Status)kirjuri_report_status(report),
                Findings = findings,
                Missing = missing,
                IsFragment = kirjuri_report_is_fragment(report),
                Problem = !hasProblem ? null : new Problem
                {
                    Kind = trouble.Kind.ToString(), Message = trouble.Message.ToString(),
                    Line = trouble.Line, Column = trouble.Column,
                },
                Errors = kirjuri_report_count(report, (int)Severity.Error).ToUInt64(),
                Json = json.ToString(),
            };
        }
    }
}
