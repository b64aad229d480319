//! The interface, delegated to one file an area: the same for every implementation.

/// Implements the areas' traits for a store, with the functions of its modules of these names.
macro_rules! areas {
    ($store:ident) => {
        delegate! {
            $store: KeyStore:
            keys: {
                fn insert_key(key: KeyRow) -> ();
                fn keys() -> Vec<KeyRow>;
                fn key_by_hash(hash: &[u8; 32]) -> Option<KeyRow>;
                fn revoke_key(id: &str, now: Timestamp) -> bool;
                fn key_used(id: &str, since: Timestamp, now: Timestamp) -> ();
                fn admin_key_exists() -> bool;
            }
        }

        delegate! {
            $store: PeopleStore:
            people: {
                fn insert_user(user: UserRow) -> bool;
                fn users() -> Vec<UserRow>;
                fn user(id: &str) -> Option<UserRow>;
                fn user_by_email(email: &str) -> Option<UserRow>;
                fn user_by_subject(issuer: &str, subject: &str) -> Option<UserRow>;
                fn update_user(user: UserRow, now: Timestamp) -> UserChange;
                fn bind_user(id: &str, issuer: &str, subject: &str) -> bool;
                fn delete_user(id: &str) -> bool;
            }
            sessions: {
                fn insert_session(session: SessionRow) -> ();
                fn session(token: &[u8; 32]) -> Option<StandingSession>;
                fn session_seen(id: &str, now: Timestamp) -> ();
                fn sessions(now: Timestamp, seen_since: Timestamp) -> Vec<SessionRow>;
                fn end_session(id: &str, now: Timestamp) -> bool;
                fn end_sessions(of: &Actor, but: Option<&str>, now: Timestamp) -> u64;
                fn insert_link(link: LinkRow) -> ();
                fn link_works(token: &[u8; 32], now: Timestamp) -> bool;
                fn use_link(token: &[u8; 32], now: Timestamp) -> Option<LinkRow>;
            }
        }

        delegate! {
            $store: EnvironmentStore:
            keys: {
                fn environments() -> Vec<EnvironmentRow>;
                fn environment(name: &str) -> Option<EnvironmentRow>;
                fn create_environment(environment: EnvironmentRow) -> bool;
                fn rename_environment(name: &str, display_name: &str) -> bool;
                fn delete_environment(name: &str, force: bool) -> Vec<String>;
                fn setting(environment: &str, kind: &str) -> Option<Setting>;
                fn put_setting(environment: &str, kind: &str, document: Value) -> u64;
            }
        }

        delegate! {
            $store: ComponentStore:
            components: {
                fn insert_component(component: NewComponent, wasm: Vec<u8>) -> Inserted;
                fn measured(digest: &str, exports: Vec<String>, compile_ms: u64, instantiate_us: u64) -> ();
                fn components() -> Vec<ComponentRow>;
                fn component(id: &str, version: Option<&str>) -> Option<ComponentRow>;
                fn component_by_digest(digest: &str) -> Option<ComponentRow>;
                fn wasm(digest: &str) -> Option<Vec<u8>>;
                fn component_users(digest: &str) -> Vec<String>;
                fn delete_component(digest: &str) -> Vec<String>;
            }
        }

        delegate! {
            $store: ConnectorStore:
            connectors: {
                fn connectors(environment: &str) -> Vec<ConnectorRow>;
                fn connector(environment: &str, name: &str) -> Option<ConnectorRow>;
                fn save_revision(revision: NewRevision) -> Saved;
                fn revisions(environment: &str, name: &str) -> Vec<RevisionRow>;
                fn revision(environment: &str, name: &str, number: u64) -> Option<RevisionRow>;
                fn serve_revision(environment: &str, name: &str, number: u64, if_match: Option<u64>, by: Occasion) -> Saved;
                fn erase_secret(environment: &str, name: &str, field: &str, version: Option<u32>) -> Option<ErasedSecret>;
                fn quarantine_revision(environment: &str, name: &str, number: u64, why: &str, now: Timestamp) -> ();
                fn delete_connector(environment: &str, name: &str, by: Occasion) -> bool;
                fn secrets(environment: &str, name: &str, versions: &BTreeMap<String, u32>) -> Vec<SecretRow>;
            }
            channels: {
                fn channel(environment: &str, channel: &str) -> ChannelRow;
                fn put_channel(environment: &str, channel: &str, row: ChannelRow, by: Occasion) -> ();
            }
            switches: {
                fn switches(environment: &str, connector: &str) -> Vec<Switch>;
            }
            promotion: {
                fn promote(promotion: NewPromotion) -> Option<Vec<u64>>;
            }
        }

        delegate! {
            $store: FigureStore:
            conversion: {
                fn conversion(query: ConversionQuery) -> Vec<Conversion>;
            }
            statistics: {
                fn statistics(query: StatisticsQuery) -> Statistics;
                fn revision_figures(environment: &str, connector: &str, since: Timestamp) -> Vec<RevisionFigures>;
                fn sent_since(environment: &str, connector: &str, since: Timestamp) -> Vec<SentOf>;
                fn messages_up_to(environment: &str, from: Timestamp, to: Timestamp, most: u32) -> u32;
                fn sent_of_newest(environment: &str, connector: &str, since: Timestamp, newest: u32) -> u64;
            }
        }

        delegate! {
            $store: VerificationStore:
            otp: {
                fn create_verification(new: NewVerification, judge: SendJudge) -> Created;
                fn resend(resend: NewResend, judge: SendJudge) -> Resent;
                fn verification(environment: &str, id: &str) -> Option<Verification>;
                fn newest_of_service(environment: &str, service: &str, number: &[u8; 32]) -> Option<Verification>;
                fn check(environment: &str, id: &str, now: Timestamp, judge: CheckJudge) -> Option<CheckOutcome>;
                fn cancel(environment: &str, id: &str, now: Timestamp) -> Option<Verification>;
                fn settle_delivery(settled: SettledDelivery) -> ();
            }
            code_source: {
                fn code_source(verification_id: &str) -> CodeSource;
            }
        }

        delegate! {
            $store: MessageStore:
            messages: {
                fn create_message(message: NewMessage, attempt: Option<NewAttempt>, judge: SendJudge) -> Made;
                fn start_attempt(attempt: NewAttempt) -> ();
                fn finish_attempt(end: AttemptEnd) -> Vec<Moved>;
            }
            log: {
                fn messages(filter: MessageFilter) -> Vec<MessageRow>;
                fn message(environment: &str, id: &str) -> Option<MessageRow>;
                fn attempts(message_id: &str) -> Vec<AttemptRow>;
                fn reports(message_id: &str) -> Vec<ReportRow>;
                fn histories(message_ids: Vec<String>) -> BTreeMap<String, History>;
            }
            outcomes: {
                fn message_outcome(environment: &str, id: &str, used: bool, now: Timestamp) -> OutcomeTold;
                fn outcomes_are_told(environment: &str, source: &str) -> bool;
            }
            suppressed: {
                fn seemingly_queued(before: Timestamp, limit: u32) -> Vec<(String, String)>;
                fn send_times(environment: &str, limit: u32) -> Vec<Duration>;
            }
            queue: {
                fn queued(now: Timestamp, too_late: Timestamp, made_before: Timestamp, limit: u32) -> Vec<QueuedMessage>;
                fn sealed_message(environment: &str, id: &str) -> Option<QueuedMessage>;
                fn asked(verification_id: Option<&str>, message_id: &str) -> Vec<String>;
            }
            reports: {
                fn apply_reports(reports: Vec<NewReport>) -> Vec<Moved>;
            }
        }

        delegate! {
            $store: PriceStore:
            bills: {
                fn prices(environment: &str) -> Vec<PricesRow>;
                fn price_list(environment: &str, connector: &str) -> Option<Setting>;
                fn put_prices(environment: &str, connector: &str, currency: &str, document: Value) -> u64;
                fn delete_prices(environment: &str, connector: &str) -> bool;
                fn bills(query: BillQuery) -> Vec<BillRow>;
            }
        }

        delegate! {
            $store: GuardStore:
            decisions: {
                fn decisions(filter: DecisionFilter) -> Vec<DecisionRow>;
                fn guard_row(environment: &str, now: Timestamp, since: Timestamp, most: u32) -> GuardRow;
            }
            traffic: {
                fn traffic(environment: &str, after: i64, most: u32) -> Vec<TrafficRow>;
            }
            locks: {
                fn locks(environment: &str, now: Timestamp, limit: u32) -> Vec<LockRow>;
                fn release_lock(environment: &str, number_index: &[u8; 32]) -> bool;
            }
        }

        delegate! {
            $store: ReviewerStore:
            reviewers: {
                fn put_reviewer(reviewer: ReviewerRow, living_max: u32, now: Timestamp) -> bool;
                fn reviewers(environment: &str) -> Vec<ReviewerRow>;
                fn delete_reviewer(environment: &str, number_index: &[u8; 32]) -> bool;
            }
        }

        delegate! {
            $store: ErasureStore:
            erasure: {
                fn erase_number(erasure: NewErasure) -> Erased;
            }
            kept: {
                fn kept_of_number(environment: &str, number: &[u8; 32], most: u32) -> KeptOfNumber;
            }
            audit: {
                fn note(row: AuditRow) -> ();
                fn audit(filter: AuditFilter) -> Vec<AuditRow>;
            }
        }

        delegate! {
            $store: CallbackStore:
            follow: {
                fn followed(filter: FollowedFilter) -> Vec<Followed>;
                fn unfollow(environment: &str, id: &str) -> bool;
                fn due_callbacks(now: Timestamp, negative_wait_ms: u64, limit: u32) -> Vec<DueCallback>;
                fn settle_callback(id: i64, again_at: Option<Timestamp>) -> ();
            }
        }

        delegate! {
            $store: TwilioStore:
            twilio: {
                fn insert_twilio_credential(row: TwilioCredential, service: Option<TwilioService>) -> ();
                fn twilio_credentials(environment: &str) -> Vec<TwilioCredential>;
                fn twilio_credential(account_sid: &str) -> Option<TwilioCredential>;
                fn delete_twilio_credential(environment: &str, account_sid: &str) -> bool;
                fn insert_twilio_service(row: TwilioService, most: u32) -> bool;
                fn twilio_services(environment: &str) -> Vec<TwilioService>;
                fn twilio_service(environment: &str, sid: &str) -> Option<TwilioService>;
                fn update_twilio_service(row: TwilioService) -> bool;
            }
        }

        delegate! {
            $store: HookStore:
            hooks: {
                fn hooks(environment: &str) -> Vec<HookRow>;
                fn hook(environment: &str, name: &str) -> Option<HookRow>;
                fn put_hook(hook: HookRow) -> bool;
                fn delete_hook(environment: &str, name: &str) -> bool;
            }
        }

        delegate! {
            $store: WebhookStore:
            webhooks: {
                fn insert_webhook(row: WebhookRow, most: u32) -> bool;
                fn webhooks(environment: &str) -> Vec<WebhookRow>;
                fn webhook(environment: &str, id: &str) -> Option<WebhookRow>;
                fn update_webhook(row: WebhookRow) -> Option<WebhookRow>;
                fn rotate_webhook(environment: &str, id: &str, secret: Vec<u8>, old_until: Timestamp, now: Timestamp) -> Option<WebhookRow>;
                fn delete_webhook(environment: &str, id: &str) -> bool;
                fn drop_backlog(of_webhook_max: u32, now: Timestamp) -> Vec<Dropped>;
                fn due_events(now: Timestamp, of_each: u32) -> Vec<DueEvent>;
                fn end_try(end: TryEnd) -> bool;
                fn note_test(test: TestTold) -> ();
                fn webhook_deliveries(filter: DeliveryFilter) -> Vec<DeliveryRow>;
                fn retell(webhook: &str, delivery: &str, now: Timestamp) -> Retold;
            }
        }

        delegate! {
            $store: IdempotencyStore:
            idempotency: {
                fn idempotency_answers(after: Option<[u8; 32]>, limit: u32) -> Vec<KeptAnswer>;
                fn idempotency_begin(entry: IdempotencyEntry) -> IdempotencyState;
                fn idempotency_finish(scope: &[u8; 32], status: u16, sealed: Vec<u8>) -> ();
                fn idempotency_forget(scope: &[u8; 32]) -> ();
            }
        }
    };
}
pub(super) use areas;

/// Implements one trait: each method is the function of its name, in the module under which it stands.
macro_rules! delegate {
    ($store:ident: $trait:ident: $($area:ident: { $(fn $name:ident($($arg:ident: $type:ty),*) -> $out:ty;)* })*) => {
        #[async_trait]
        impl $trait for $store {
            $($(async fn $name(&self, $($arg: $type),*) -> Stored<$out> { $area::$name(self, $($arg),*).await })*)*
        }
    };
}
pub(super) use delegate;
